// How good the scores are.
export const EN_QUALITY = {
  'quality.another': 'By a new reporter',
  'quality.brier': 'Brier score',
  'quality.brierOfAnother': 'Brier score, new reporters',
  'quality.brierOfConstant': 'Brier score of the constant',
  'quality.came': 'Came',
  'quality.camePercent': 'Came, per cent',
  'quality.constantOfAnother': 'Brier score of the constant, new reporters',
  'quality.curve': 'Foretold and come, model {version}',
  'quality.forecasts': 'Forecasts',
  'quality.foretold': 'Foretold',
  'quality.foretoldPercent': 'Foretold, per cent',
  'quality.honest': 'As foretold',
  'quality.interval': '95 % interval',
  'quality.lead':
    'The score read as the probability of abusive mail in the next 24 hours, held against what members then reported. On the dashed line a score is as good as its word; above it more came than foretold, below it less. The score of the first model is a degree of belief and was not made to lie on it.',
  'quality.model': 'Model',
  'quality.none':
    'Nothing is measured yet. The first measurement appears at the midnight (UTC) after the first day of forecasts is over, once enough members reported.',
  'quality.rate': 'Abusive mail came after',
  'quality.score': 'Score',
  'quality.title': 'Do the scores keep their word?',
  'quality.window':
    'A sample of all scores of {days} days, weighed back to all of them; {hours} hours after each. Lower Brier scores are better; the constant is what always saying the average would have got.',
} as const;
