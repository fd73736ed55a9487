import type { AppealLanguage, AppealOutcome } from '@sekisho/persistence';

interface Text {
  readonly subject: string;
  readonly text: string;
}

/** What somebody wrote, as a quotation: it must not pass for ours. */
const quoted = (words: string) =>
  words
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

export const contactMail = ({
  subject,
  words,
  link,
}: {
  subject: string;
  words: string;
  link: string;
}): Text => ({
  subject: `Sekisho: ${subject} の掲載への異議 / appeal against the listing of ${subject}`,
  text: `貴社のネットワークにある ${subject} の掲載に対し、異議申立てがありました。
申立ての内容（申立人が書いたもので、内容は確認していません）:

${quoted(words)}

貴社の利用者からのものであれば、次のリンクから確認してください。
${link}
心当たりがなければ、何もする必要はありません。7日後に申立ては破棄されます。

----

Somebody appealed against the listing of ${subject}, which lies in your network.
What they wrote (their words, which nobody has checked) is quoted above.
If it comes from a customer of yours, confirm it by the link above.
If not, do nothing: the appeal is forgotten after 7 days.
`,
});

type OutcomeMail = (decided: { subject: string; outcome: AppealOutcome; reason: string }) => Text;

const OUTCOME = {
  en: {
    upheld:
      'Your appeal was upheld. The listing is removed and every mail server that asks us is being told.',
    rejected: 'Your appeal was rejected. The listing stays as long as the evidence calls for it.',
    released: 'The listing is removed. If abuse is seen again, it comes back at once.',
  },
  ja: {
    upheld: '異議申立てが認められました。掲載は取り消され、照会するメールサーバーに順次反映されます。',
    rejected: '異議申立ては認められませんでした。根拠となる観測がある間、掲載は続きます。',
    released: '掲載を解除しました。不正な送信が再び観測された場合は、直ちに再掲載されます。',
  },
} as const;

export const outcomeMail: Readonly<Record<AppealLanguage, OutcomeMail>> = {
  en: ({ subject, outcome, reason }) => ({
    subject: `Sekisho: your appeal about ${subject}`,
    text: `${OUTCOME.en[outcome]}\n${reason === '' ? '' : `\nReason:\n${quoted(reason)}\n`}`,
  }),
  ja: ({ subject, outcome, reason }) => ({
    subject: `Sekisho: ${subject} についての異議申立ての結果`,
    text: `${OUTCOME.ja[outcome]}\n${reason === '' ? '' : `\n理由:\n${quoted(reason)}\n`}`,
  }),
};
