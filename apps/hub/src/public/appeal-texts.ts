import type { AppealOutcome, AppealState } from '@sekisho/persistence';
import type { Language } from './layout.js';

type Told = readonly [title: string, text: string];

interface AppealTexts {
  readonly formTitle: string;
  readonly formLead: string;
  readonly steps: readonly string[];
  readonly subject: string;
  readonly words: string;
  readonly wordsHint: string;
  readonly mail: string;
  readonly mailHint: string;
  readonly send: string;
  readonly working: string;
  readonly puzzleFailed: string;
  readonly unscripted: string;
  readonly privacy: string;
  readonly statusTitle: string;
  readonly states: Readonly<Record<AppealState, Told>>;
  readonly outcomes: Readonly<Record<AppealOutcome, Told>>;
  readonly late: string;
  readonly reason: string;
  readonly reasonClass: string;
  readonly filed: string;
  readonly due: string;
  readonly decided: string;
  readonly effect: string;
  readonly effectOf: (ms: number) => string;
  readonly confirmTitle: string;
  readonly confirmLead: string;
  readonly fromItself: string;
  readonly byAddress: (subject: string, address: string) => string;
  readonly confirmHere: string;
  readonly byDns: string;
  readonly checkDns: string;
  readonly byMail: string;
  readonly mailSent: string;
  readonly sendMail: string;
  readonly noWay: string;
  readonly yourWords: string;
  readonly withdraw: string;
  readonly keepLink: string;
  readonly contactTitle: string;
  readonly contactLead: (subject: string) => string;
  readonly contactConfirm: string;
  readonly contactThanks: string;
}

const EN: AppealTexts = {
  formTitle: 'Ask for removal or appeal',
  formLead: 'Anybody who is listed can appeal. You need no account.',
  steps: [
    'Say what was done about the cause, or why the listing is a mistake.',
    'Confirm that it is yours: from the address itself, by DNS, or through the abuse contact of the network.',
    'A first listing as an infected computer is lifted at once. Everything else is decided by an independent reviewer within three days.',
  ],
  subject: 'Address, network or domain',
  words: 'What was done, or why is it a mistake?',
  wordsHint: 'Up to 2,000 characters. No names of people, please.',
  mail: 'Mail address (optional)',
  mailHint: 'Only to tell you the decision.',
  send: 'Send',
  working:
    'Your browser solves a small puzzle, which keeps automatic mass appeals away. This takes a few seconds.',
  puzzleFailed: 'The puzzle could not be had. Wait a minute and send again; what you typed is still here.',
  unscripted:
    'Without JavaScript this form is taken only from the listed address itself. From elsewhere use <code>sekisho appeal file</code>.',
  privacy:
    'What you write is seen by reviewers only, and is deleted 30 days after the decision. An appeal that is not confirmed is deleted after 7 days.',
  statusTitle: 'Your appeal',
  states: {
    unconfirmed: ['Not confirmed yet', 'Nothing happens before you confirm that it is yours.'],
    open: ['Under review', 'A reviewer who did not report it looks at the evidence.'],
    decided: ['Decided', ''],
    withdrawn: ['Withdrawn', 'What you wrote is deleted.'],
  },
  outcomes: {
    upheld: ['Upheld', 'The listing is removed, and every server that asks us is told.'],
    rejected: ['Rejected', 'The listing stays as long as the evidence calls for it, and fades by itself.'],
    released: ['Removed', 'The listing is lifted. If abuse is seen again it comes back at once.'],
  },
  late: 'The deadline has passed without a decision. All reviewers see that; three days after the deadline the listing is suspended until somebody decides.',
  reason: 'The reviewer says:',
  reasonClass: 'Listed as',
  filed: 'Filed',
  due: 'Decision by',
  decided: 'Decided',
  effect: 'Corrected everywhere after',
  effectOf: (ms) => `${(ms / 1_000).toFixed(2)} s`,
  confirmTitle: 'Confirm that it is yours',
  confirmLead: 'One of these ways is enough.',
  fromItself: 'This request comes from the listed address itself.',
  byAddress: (subject, address) =>
    `You are asking from ${address}. Open this page from <strong>${subject}</strong>, or run this on the machine there:`,
  confirmHere: 'Confirm from this address',
  byDns: 'Put this record into the DNS of the domain:',
  checkDns: 'Check the DNS',
  byMail: 'Have the abuse contact of the network confirm it.',
  mailSent: 'The abuse contact of the network was asked by mail.',
  sendMail: 'Ask the abuse contact',
  noWay: 'For this kind of listing nobody can be asked. Contact the operator of this hub.',
  yourWords: 'What you wrote',
  withdraw: 'Withdraw the appeal',
  keepLink:
    'Keep the address of this page: whoever has it can follow and withdraw the appeal, and there is no other way back.',
  contactTitle: 'Confirm an appeal from your network',
  contactLead: (subject) =>
    `Somebody appeals against the listing of <strong>${subject}</strong> in your network and wrote:`,
  contactConfirm: 'It comes from our customer',
  contactThanks: 'Thank you. The appeal is confirmed.',
};

const JA: AppealTexts = {
  formTitle: '解除の申請・異議申立て',
  formLead: '掲載された方はどなたでも申し立てられます。アカウントは不要です。',
  steps: [
    '原因への対処の内容、または掲載が誤りである理由をお書きください。',
    'ご自身のものであることを確認します。該当のアドレスからの接続、DNS、またはネットワークの連絡窓口のいずれかで確認できます。',
    '感染端末としての最初の掲載は、直ちに解除します。それ以外は、通報に関わっていない審査担当者が3日以内に決定します。',
  ],
  subject: 'IPアドレス・ネットワーク・ドメイン',
  words: '対処の内容、または誤りである理由',
  wordsHint: '2,000文字まで。個人の氏名は書かないでください。',
  mail: 'メールアドレス（任意）',
  mailHint: '結果の通知だけに使います。',
  send: '送信する',
  working: '自動的な大量の申立てを防ぐため、ブラウザーが小さな計算をしています。数秒お待ちください。',
  puzzleFailed:
    '計算問題を取得できませんでした。1分ほど待ってから、もう一度送信してください。入力内容は残っています。',
  unscripted:
    'JavaScriptが使えない場合、この申立ては掲載されたアドレス自身からのみ受け付けます。ほかの場所からは <code>sekisho appeal file</code> をご利用ください。',
  privacy:
    'お書きいただいた内容は審査担当者だけが見て、決定の30日後に削除します。確認されなかった申立ては7日後に削除します。',
  statusTitle: '申立ての状況',
  states: {
    unconfirmed: ['確認待ち', 'ご自身のものであることが確認されるまで、手続きは始まりません。'],
    open: ['審査中', '通報に関わっていない審査担当者が根拠を調べています。'],
    decided: ['決定済み', ''],
    withdrawn: ['取り下げ済み', 'お書きいただいた内容は削除しました。'],
  },
  outcomes: {
    upheld: ['認められました', '掲載を取り消し、照会するすべてのサーバーに反映します。'],
    rejected: ['認められませんでした', '根拠となる観測がある間は掲載が続き、なくなれば自然に消えます。'],
    released: [
      '解除しました',
      '掲載を解除しました。不正な送信が再び観測された場合は、直ちに再掲載されます。',
    ],
  },
  late: '期限を過ぎても決定されていません。このことは全審査担当者に表示されています。期限の3日後からは、決定されるまで掲載を停止します。',
  reason: '審査担当者からの説明:',
  reasonClass: '掲載の種類',
  filed: '申立て',
  due: '決定の期限',
  decided: '決定',
  effect: '全体への反映にかかった時間',
  effectOf: (ms) => `${(ms / 1_000).toFixed(2)} 秒`,
  confirmTitle: 'ご自身のものであることの確認',
  confirmLead: '次のいずれか一つで確認できます。',
  fromItself: 'この接続は、掲載されたアドレス自身からのものです。',
  byAddress: (subject, address) =>
    `現在の接続元は ${address} です。<strong>${subject}</strong> からこのページを開くか、その機器で次のコマンドを実行してください。`,
  confirmHere: 'このアドレスから確認する',
  byDns: 'ドメインのDNSに次のレコードを追加してください。',
  checkDns: 'DNSを確認する',
  byMail: 'ネットワークの連絡窓口（abuse contact）に確認を依頼します。',
  mailSent: 'ネットワークの連絡窓口に、メールで確認を依頼しました。',
  sendMail: '連絡窓口に依頼する',
  noWay: 'この種類の掲載には確認の方法がありません。運営者にお問い合わせください。',
  yourWords: 'お書きいただいた内容',
  withdraw: '申立てを取り下げる',
  keepLink:
    'このページのアドレスを控えてください。アドレスを知る人だけが状況の確認と取り下げをでき、ほかに戻る方法はありません。',
  contactTitle: '貴社ネットワークからの異議申立ての確認',
  contactLead: (subject) =>
    `貴社のネットワークにある <strong>${subject}</strong> の掲載に対し、次の申立てがありました。`,
  contactConfirm: '当社の利用者からのものです',
  contactThanks: 'ありがとうございます。申立ては確認されました。',
};

export const APPEAL_TEXT: Readonly<Record<Language, AppealTexts>> = { en: EN, ja: JA };
