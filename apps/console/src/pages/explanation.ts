// The hub explains a score in English sentences of a few fixed shapes (libs/reputation/src/explanation.ts): here they are
// taken apart, so that each language says the same in its own order.
import type { MessageKey, Translate } from '../language/translate.ts';

interface Shape {
  readonly pattern: RegExp;
  readonly say: (t: Translate, groups: readonly string[]) => string;
}

const plain = (
  pattern: RegExp,
  key: Extract<MessageKey, `because.${string}`>,
  names: readonly string[] = [],
): Shape => ({
  pattern,
  say: (t, groups) => {
    const values = Object.fromEntries(names.map((name, i) => [name, groups[i] ?? '']));
    return (t as (key: MessageKey, values: Record<string, string>) => string)(key, values);
  },
});

const SHAPES: readonly Shape[] = [
  {
    pattern:
      /^(fewer than \d+|\d+) members, (fewer than 10|\d+) messages(?: or more)?, last seen (.+), half-life ([\d.]+) h$/,
    say: (t, [members = '', messages = '', age = '', halfLife = '']) =>
      t('because.evidence', {
        members: countOf(t, members),
        messages:
          messages === 'fewer than 10'
            ? t('because.fewMessages')
            : t('because.someMessages', { count: Number(messages) }),
        age: ageOf(t, age),
        halfLife: Number(halfLife),
      }),
  },
  {
    pattern: /^good mail seen by (fewer than \d+|\d+) members$/,
    say: (t, [members = '']) => t('because.ham', { members: countOf(t, members) }),
  },
  plain(/^decided by people: (.+)$/, 'because.decision', ['decision']),
  plain(/^on (.+): listed only by a decision$/, 'because.warningList', ['list']),
  plain(
    /^fewer independent members than a listing needs(?:, or all of them new)?$/,
    'because.uncorroborated',
  ),
  plain(
    /^seen again after a week or more: what came then lasts up to ([\d.]+) times as long$/,
    'because.recurrence',
    ['factor'],
  ),
  plain(/^stays listed until below (\d+)$/, 'because.hysteresis', ['score']),
  plain(/^forged by others with score (\d+): not its own doing$/, 'because.victim', ['score']),
  plain(/^a match is for a person to review, never listed$/, 'because.review'),
  plain(/^mean score of (\d+) listed below it$/, 'because.children', ['count']),
  plain(/^(\d+) of the (\d+) that a listing needs; more bring it nearer to the mean$/, 'because.number', [
    'count',
    'needed',
  ]),
  plain(/^the owner fixed it and it stayed quiet: what was seen before counts no more$/, 'because.fixed'),
];

function countOf(t: Translate, text: string): string {
  const count = Number(/\d+/.exec(text)?.[0]);
  return text.startsWith('fewer') ? t('because.fewerThan', { count }) : t('because.count', { count });
}

function ageOf(t: Translate, text: string): string {
  const [, count = '', unit] = /^(\d+) (h|d) ago$/.exec(text) ?? [];
  if (unit === 'h') return t('because.hoursAgo', { count: Number(count) });
  return unit === 'd' ? t('because.daysAgo', { count: Number(count) }) : t('because.withinTheHour');
}

const OF_NETWORK = / \(of the listed network (\S+)\)$/;

/** The detail of a line in this person's language; as the hub says it when the hub is newer than this console. */
export function explainDetail(t: Translate, detail: string): string {
  const [suffix = '', network] = OF_NETWORK.exec(detail) ?? [];
  const text = suffix === '' ? detail : detail.slice(0, -suffix.length);
  for (const { pattern, say } of SHAPES) {
    const groups = pattern.exec(text);
    if (groups)
      return say(t, groups.slice(1)) + (network === undefined ? '' : t('because.ofNetwork', { network }));
  }
  return detail;
}

/** `zombie/trap`: the category and evidence class of a line; undefined for rules and good mail. */
export function evidenceOf(factor: string): { category: string; evidence: string } | undefined {
  const [category, evidence] = factor.split('/');
  return category !== undefined && evidence !== undefined ? { category, evidence } : undefined;
}
