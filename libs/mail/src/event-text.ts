// What a mail to an abuse desk says in words, in both languages.
import type { EventMailOptions, MailedAppeal, MailedEvent } from './event-mail.js';

export type MailLanguage = 'en' | 'ja';

interface Words {
  readonly subjectOne: (subject: string) => string;
  readonly subjectMany: (count: number) => string;
  readonly subjectNone: string;
  readonly intro: string;
  readonly changes: Readonly<Record<string, string>>;
  readonly line: (what: {
    subject: string;
    change: string;
    category: string;
    messages: number;
    at: string;
  }) => string;
  readonly answer: (id: string) => string;
  readonly more: (count: number) => string;
  readonly others: Readonly<Record<string, string>>;
  readonly outro: string;
  readonly appealSubject: (count: number) => string;
  readonly appealIntro: string;
  /** By step. */
  readonly appealLines: Readonly<Record<string, (at: string) => string>>;
  readonly appealOutro: string;
}

const WORDS: Readonly<Record<MailLanguage, Words>> = {
  en: {
    subjectOne: (subject) => `[Sekisho] abuse from your network: ${subject}`,
    subjectMany: (count) => `[Sekisho] abuse from your network: ${count} addresses`,
    subjectNone: '[Sekisho] news about your network',
    intro:
      'Other members of the federation saw abuse from addresses of your network, or what you fixed held.',
    changes: {
      opened: 'became suspect',
      grown: 'sends more',
      reappeared: 'was seen again after "fixed"',
      quiet: 'stayed quiet after "fixed": its listing ends early',
      faded: 'is no longer suspect',
    },
    line: ({ subject, change, category, messages, at }) =>
      `${subject}  ${change}  (${category}, ${messages}+ messages, last seen ${at})`,
    answer: (id) => `    answer: sekisho alerts answer ${id} seen|found|fixed`,
    more: (count) => `… and ${count} more: sekisho alerts`,
    others: {
      action: 'A decision of the working group concerns you.',
      correction: 'A correction concerns you.',
    },
    outro:
      'Times are UTC, to 10 minutes; numbers to the order of magnitude. Exact times and source ports are in sealed evidence, ' +
      'where there is any: sekisho evidence. How often you get such mail: sekisho alerts stream mail.',
    appealSubject: (count) =>
      count === 1
        ? '[Sekisho] an appeal waits for a reviewer'
        : `[Sekisho] ${count} appeals wait for a reviewer`,
    appealIntro:
      'For reviewers: your member neither reported nor owns what these appeals are about, and may decide them.',
    appealLines: {
      filed: (at) => `to be decided by ${at}`,
      near: (at) => `not decided yet, due at ${at}`,
      escalated: (at) => `past its deadline of ${at}: three days later the listing is suspended`,
    },
    appealOutro: 'Times are UTC, to 10 minutes. What was decided meanwhile needs nothing more.',
  },
  ja: {
    subjectOne: (subject) => `【Sekisho】貴社網からの迷惑行為: ${subject}`,
    subjectMany: (count) => `【Sekisho】貴社網からの迷惑行為: ${count} アドレス`,
    subjectNone: '【Sekisho】貴社網に関するお知らせ',
    intro:
      '連合の他の会員が、貴社網のアドレスからの迷惑行為を観測しました(または、対処の結果が確認されました)。',
    changes: {
      opened: '疑わしくなりました',
      grown: '送信が増えています',
      reappeared: '「fixed」の後に再び観測されました',
      quiet: '「fixed」の後に再発がなく、掲載は早期に終了します',
      faded: '疑わしくなくなりました',
    },
    line: ({ subject, change, category, messages, at }) =>
      `${subject}  ${change}(${category}、${messages} 通以上、最終観測 ${at})`,
    answer: (id) => `    回答: sekisho alerts answer ${id} seen|found|fixed`,
    more: (count) => `… ほか ${count} 件: sekisho alerts`,
    others: {
      action: 'ワーキンググループの決定が貴社に関係します。',
      correction: '訂正が貴社に関係します。',
    },
    outro:
      '時刻は協定世界時(UTC)で 10 分単位、通数は桁のみです。正確な時刻と送信元ポートは、封印された証拠がある場合に ' +
      'sekisho evidence で確認できます。このメールの設定: sekisho alerts stream mail',
    appealSubject: (count) => `【Sekisho】審査待ちの異議申立て: ${count} 件`,
    appealIntro:
      '審査担当の方へ: 貴社が通報も所有もしていない対象への異議申立てです。貴社の審査担当が決定できます。',
    appealLines: {
      filed: (at) => `決定の期限 ${at}`,
      near: (at) => `未決定、期限 ${at}`,
      escalated: (at) => `期限超過（${at}）。3 日後に掲載を停止します`,
    },
    appealOutro: '時刻は協定世界時(UTC)で 10 分単位です。すでに決定されたものについては、対応は不要です。',
  },
};

/** A mail is read, not scrolled: what is beyond is in `sekisho alerts`. */
const MAX_LINES = 200;

export const formatTime = (seconds: number): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function writeText(
  events: readonly MailedEvent[],
  { language, hubUrl }: Pick<EventMailOptions, 'language' | 'hubUrl'>,
): { subject: string; text: string } {
  const words = WORDS[language];
  const alerts = events.flatMap(({ alert }) => alert ?? []);
  const appeals = latestOf(events.flatMap(({ appeal }) => appeal ?? []));
  const lines = alerts.slice(0, MAX_LINES).flatMap((alert) => {
    const change = words.changes[alert.change] ?? alert.change;
    const line = words.line({ ...alert, change, at: formatTime(alert.lastSeenSeconds) });
    return alert.isOpen ? [line, words.answer(alert.id)] : [line];
  });
  const appealLines = appeals.slice(0, MAX_LINES).flatMap(({ id, step, dueSeconds }) => {
    const line = words.appealLines[step]?.(formatTime(dueSeconds)) ?? step;
    return [`${hubUrl}/console/appeals/${id}`, `    ${line}`];
  });
  const others = new Set(events.flatMap(({ kind }) => words.others[kind] ?? []));
  const isOfNetwork = alerts.length > 0 || others.size > 0;
  const parts = [
    ...(alerts.length > 0 ? [words.intro, lines.join('\n')] : []),
    ...(alerts.length > MAX_LINES ? [words.more(alerts.length - MAX_LINES)] : []),
    ...(others.size > 0 ? [[...others].join('\n')] : []),
    ...(isOfNetwork ? [words.outro] : []),
    ...(appeals.length > 0 ? [words.appealIntro, appealLines.join('\n'), words.appealOutro] : []),
  ];
  return {
    subject: subjectOf(words, alerts, isOfNetwork ? 0 : appeals.length),
    text: `${parts.join('\n\n')}\n`,
  };
}

/** Of each appeal, the last step that is told. */
function latestOf(told: readonly MailedAppeal[]): MailedAppeal[] {
  const latest = new Map<string, MailedAppeal>();
  for (const appeal of told) latest.set(appeal.id, appeal);
  return [...latest.values()];
}

/** @param appealCount 0 when there is something else to tell, too */
function subjectOf(words: Words, alerts: readonly { subject: string }[], appealCount: number): string {
  if (appealCount > 0) return words.appealSubject(appealCount);
  const subjects = new Set(alerts.map(({ subject }) => subject));
  const [first] = subjects;
  if (first === undefined) return words.subjectNone;
  return subjects.size === 1 ? words.subjectOne(first) : words.subjectMany(subjects.size);
}
