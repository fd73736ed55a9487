// What a mail to an abuse desk says in words, in both languages.
import type { MailedEvent } from './event-mail.js';

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
  },
  ja: {
    subjectOne: (subject) => `【Sekisho】貴社網からの迷惑行為: ${subject}`,
    subjectMany: (count) => `【Sekisho】貴社網からの迷惑行為: ${count} アドレス`,
    subjectNone: '【Sekisho】貴社網に関するお知らせ',
    intro:
      '連盟の他の会員が、貴社網のアドレスからの迷惑行為を観測しました(または、対処の結果が確認されました)。',
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
    others: { action: '作業部会の決定が貴社に関係します。', correction: '訂正が貴社に関係します。' },
    outro:
      '時刻は協定世界時(UTC)で 10 分単位、通数は桁のみです。正確な時刻と送信元ポートは、封緘された証拠がある場合に ' +
      'sekisho evidence で確認できます。このメールの設定: sekisho alerts stream mail',
  },
};

/** A mail is read, not scrolled: what is beyond is in `sekisho alerts`. */
const MAX_LINES = 200;

export const formatTime = (seconds: number): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function writeText(
  events: readonly MailedEvent[],
  language: MailLanguage,
): { subject: string; text: string } {
  const words = WORDS[language];
  const alerts = events.flatMap(({ alert }) => alert ?? []);
  const subjects = new Set(alerts.map(({ subject }) => subject));
  const [first] = subjects;
  const lines = alerts.slice(0, MAX_LINES).flatMap((alert) => {
    const change = words.changes[alert.change] ?? alert.change;
    const line = words.line({ ...alert, change, at: formatTime(alert.lastSeenSeconds) });
    return alert.isOpen ? [line, words.answer(alert.id)] : [line];
  });
  const others = new Set(events.flatMap(({ kind }) => words.others[kind] ?? []));
  const parts = [
    ...(alerts.length > 0 ? [words.intro, lines.join('\n')] : []),
    ...(alerts.length > MAX_LINES ? [words.more(alerts.length - MAX_LINES)] : []),
    ...(others.size > 0 ? [[...others].join('\n')] : []),
    words.outro,
  ];
  const subject =
    first === undefined
      ? words.subjectNone
      : subjects.size === 1
        ? words.subjectOne(first)
        : words.subjectMany(subjects.size);
  return { subject, text: `${parts.join('\n\n')}\n` };
}
