import type { EN_QUALITY } from './en-quality.ts';

export const JA_QUALITY: Readonly<Record<keyof typeof EN_QUALITY, string>> = {
  'quality.FORMER': '以前使用',
  'quality.IN_FORCE': '使用中',
  'quality.SHADOW': '並行評価中（スコア・掲載・推奨動作には影響しません）',
  'quality.another': '新たな通報者による',
  'quality.asGood': '{brier}（このモデルと同じ）',
  'quality.brier': 'ブライアスコア',
  'quality.brierOfAnother': 'ブライアスコア（新たな通報者）',
  'quality.brierOfConstant': '定数予測のブライアスコア',
  'quality.came': '実際',
  'quality.camePercent': '実際（%）',
  'quality.constantOfAnother': '定数予測のブライアスコア（新たな通報者）',
  'quality.curve': '予測と実際（モデル {version}）',
  'quality.forecasts': '予測数',
  'quality.foretold': '予測',
  'quality.foretoldPercent': '予測（%）',
  'quality.higher': '{brier}（このモデルは {percent} 大きく、劣ります）',
  'quality.honest': '予測どおり',
  'quality.inForce': '使用中のモデルのブライアスコア（同じ対象・同じ時点）',
  'quality.inForceOfAnother': '使用中のモデルのブライアスコア（新たな通報者）',
  'quality.interval': '95 % 区間',
  'quality.lead':
    'スコアを「今後 24 時間に迷惑メールが届く確率」と読み、その後の会員の通報と照合したものです。破線上なら予測どおり、上なら予測より多く、下なら少なかったことを示します。最初のモデルのスコアは確信の度合いであり、破線に乗るようには作られていません。',
  'quality.lower': '{brier}（このモデルは {percent} 小さく、優れています）',
  'quality.model': 'モデル',
  'quality.none':
    'まだ測定結果がありません。最初の 1 日分の予測が終わり、十分な数の会員が通報した後の 0 時（UTC）に表示されます。',
  'quality.rate': 'その後に迷惑メールが届いた割合',
  'quality.score': 'スコア',
  'quality.title': 'スコアは予測どおりか',
  'quality.use': '状態',
  'quality.window':
    '{days} 日間の全スコアから抽出した標本を全体に重み付けしたもので、それぞれその後 {hours} 時間を見ています。ブライアスコアは小さいほど良く、定数予測は常に平均を答えた場合の値です。',
};
