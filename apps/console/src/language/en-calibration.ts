// What became of the member's own reports.
export const EN_CALIBRATION = {
  'calibration.byRule': 'Trust by the rule',
  'calibration.checked': 'Looked at',
  'calibration.confirmed': 'Confirmed',
  'calibration.hint':
    'Reports of {days} days that were news, each looked at a day later. Confirmed: another member reported the same within 24 hours, the owner found or fixed something, or people decided so. Refuted: people decided otherwise. Unknown: silence, which says nothing against a report. Where fewer members confirmed than may be told, no share is shown.',
  'calibration.interval': '95 % interval',
  'calibration.lead': 'Only your member and the operator of the hub see this.',
  'calibration.leadOf': 'Only the member and the operator of the hub see this.',
  'calibration.newUntil': 'On probation (your reports list nothing by themselves) until',
  'calibration.none': 'No report of yours has been looked at yet; that is done after a day.',
  'calibration.of': 'Calibration of {member}',
  'calibration.reason': 'Set by the operator, because',
  'calibration.refuted': 'Refuted',
  'calibration.repeats': 'Repeats another member, and counts as one voice with it',
  'calibration.reported': 'Reported',
  'calibration.rest': 'The rest',
  'calibration.right': 'Appeals that found you right',
  'calibration.rule':
    'Trust by the rule: 0.8 × max(½, (20 + right) ⁄ (20 + right + wrong)), over the decided appeals of a year. Whoever disagrees with a decision takes it to the working group.',
  'calibration.share': 'Share confirmed',
  'calibration.title': 'My calibration',
  'calibration.tooFew': 'too few',
  'calibration.trust': 'Trust in force',
  'calibration.unknown': 'Unknown',
  'calibration.wrong': 'Appeals that found you wrong',
} as const;
