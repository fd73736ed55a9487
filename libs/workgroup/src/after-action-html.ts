// The report as one page without scripts or other files, for the screen and for paper.
import type { AfterActionReport } from './after-action.js';
import { bucketText, type BucketShare } from './counts.js';

export type ReportLanguage = 'en' | 'ja';

const WORDS = {
  en: {
    ...{ lang: 'en', title: 'After-action report', action: 'Action', kind: 'Kind', subjects: 'Subjects' },
    ...{ reason: 'Reason', proposedBy: 'Proposed by', from: 'In force from', to: 'to', end: 'Ended by' },
    ...{
      expired: 'expiry',
      'rolled-back': 'roll-back',
      votes: 'Vote',
      emergency: 'Emergency of two officers',
    },
    ...{ volume: 'Volume', before: 'before', during: 'while in force', about: 'about the subjects' },
    ...{ elsewhere: 'around them', moved: 'It moved elsewhere.', stayed: 'It did not move elsewhere.' },
    ...{ magnitude: 'Messages reported by members, to the order of magnitude.', hits: 'What it hit' },
    ...{
      rehearsed: 'rehearsed',
      actual: 'actual',
      members: 'members',
      measure: 'measure',
      bucket: 'per member',
      when: 'figures',
    },
    ...{ connections: 'connections', senders: 'senders', knownGood: 'known good', who: 'Who acted' },
    ...{ member: 'member', state: 'state', skew: 'skew', back: 'skew of taking back', few: 'fewer than' },
    ...{ silent: 'not acted', ready: 'ready, not acted', applied: 'applied', removed: 'applied, taken back' },
    ...{ vetoed: 'vetoed for itself', summary: 'of', tally: 'yes / no / abstained; recused' },
  },
  ja: {
    ...{ lang: 'ja', title: '共同措置 事後報告書', action: '措置', kind: '種類', subjects: '対象' },
    ...{ reason: '理由', proposedBy: '提案者', from: '実施開始', to: '終了', end: '終了の理由' },
    ...{ expired: '期限満了', 'rolled-back': '撤回', votes: '投票', emergency: '責任者2名による緊急措置' },
    ...{ volume: '通数', before: '実施前', during: '実施中', about: '対象について' },
    ...{
      elsewhere: '周辺について',
      moved: '別の場所へ移りました。',
      stayed: '別の場所への移動は見られません。',
    },
    ...{ magnitude: '会員が通報した通数（桁数のみ）。', hits: '影響' },
    ...{ rehearsed: '事前試算', actual: '実績', members: '会員数', measure: '項目', bucket: '会員ごと' },
    when: '区分',
    ...{
      connections: '接続数',
      senders: '送信元の数',
      knownGood: '正当と分かっている接続',
      who: '各会員の実施状況',
    },
    ...{ member: '会員', state: '状態', skew: '時刻のずれ', back: '解除のずれ', few: '未満' },
    ...{ silent: '未実施', ready: '準備完了・未実施', applied: '実施', removed: '実施後に解除' },
    ...{ vetoed: '自社について拒否', summary: '/', tally: '賛成／反対／棄権、除斥' },
  },
} as const;

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

const STYLE = `body{font:15px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #888}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}
td.n,th.n{text-align:right}@page{margin:18mm}@media print{body{margin:0;max-width:none}tr,h2{break-inside:avoid}}`;

/**
 * @param zone an IANA name, for the times
 * @param k counts of members below it are blurred
 */
export function reportHtml(
  report: AfterActionReport,
  { language, zone, k }: { language: ReportLanguage; zone: string; k: number },
): string {
  const words = WORDS[language];
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long', timeZone: zone });
  const number = new Intl.NumberFormat(language);
  const { action, tally, volume, elsewhere, participation } = report;
  const row = (cells: readonly string[], tag = 'td') =>
    `<tr>${cells.map((cell, i) => `<${tag}${i > 0 && /^[-\d]/.test(cell) ? ' class="n"' : ''}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells)).join('')}</tbody></table>`;
  const members = (count: number) => {
    if (count >= k) return number.format(count);
    return language === 'ja' ? `${k}${words.few}` : `${words.few} ${k}`;
  };
  const skew = (ms: number | null) => (ms === null ? '–' : `${number.format(Math.round(ms))} ms`);
  const shares = (name: string, list: readonly BucketShare[]) =>
    list.map((one) => [words[one.measure], name, bucketText(one.from), members(one.members)]);
  const facts: (readonly [string, string])[] = [
    [words.action, `${action.title} (${action.id})`],
    [words.kind, action.kind + (action.isEmergency ? ` – ${words.emergency}` : '')],
    [words.subjects, action.subjects.join(', ')],
    [words.reason, action.reason],
    [words.proposedBy, action.proposedBy],
    [words.votes, `${tally.yes} / ${tally.no} / ${tally.abstain}; ${tally.recused} (${words.tally})`],
    [words.from, time.format(report.effectiveAt)],
    [words.to, time.format(report.endedAt)],
    [words.end, words[report.end] + (report.endReason === '' ? '' : ` – ${report.endReason}`)],
  ];
  return `<!doctype html>
<html lang="${words.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(`${words.title}: ${action.title}`)}</title><style>${STYLE}</style></head><body><main>
<h1>${words.title}</h1>
<table><tbody>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value)}</td></tr>`).join('')}</tbody></table>
<h2>${words.volume}</h2>
<p>${words.magnitude} ${report.hasMoved ? words.moved : words.stayed}</p>
${table(
  [words.measure, words.before, words.during],
  [
    [words.about, number.format(volume.before), number.format(volume.during)],
    [words.elsewhere, number.format(elsewhere.before), number.format(elsewhere.during)],
  ],
)}
<h2>${words.hits}</h2>
${table(
  [words.measure, words.when, words.bucket, words.members],
  [...shares(words.rehearsed, report.rehearsed), ...shares(words.actual, report.actual)],
)}
<h2>${words.who}: ${participation.applied} ${words.summary} ${participation.members}</h2>
${table(
  [words.member, words.state, words.skew, words.back],
  report.participants.map((one) => [
    one.memberId,
    words[one.state],
    skew(one.skewMs),
    skew(one.removalSkewMs),
  ]),
)}
</main></body></html>
`;
}
