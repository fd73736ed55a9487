// What each class of listing means for somebody who is listed, and what to do about it.
import type { Category } from '@sekisho/report';
import type { Language } from './layout.js';

interface Reason {
  readonly name: string;
  readonly means: string;
  readonly todo: string;
}

const EN: Readonly<Record<Category, Reason>> = {
  'spam-source': {
    name: 'Source of spam',
    means: 'Mail operators see unwanted bulk mail coming from here.',
    todo: 'Find out which customer, script or account sends it, stop it, and close whatever was misused.',
  },
  zombie: {
    name: 'Infected computer (zombie)',
    means: 'A computer here sends mail by itself, most likely because malicious software runs on it.',
    todo: 'Find and clean the machine. Close outgoing port 25 for everything that is not a mail server.',
  },
  'malware-sender': {
    name: 'Sends malicious software',
    means: 'Mail from here carries malicious attachments or links.',
    todo: 'Take the machine off the network, clean it, and change the passwords that were used on it.',
  },
  harvester: {
    name: 'Collects addresses',
    means: 'Somebody here collects or guesses mail addresses.',
    todo: 'Stop the program or account that does it.',
  },
  'backscatter-source': {
    name: 'Source of bounces to strangers',
    means: 'The mail server here answers forged mail and floods people who never wrote.',
    todo: 'Refuse unknown recipients while the connection is open instead of sending a notice later.',
  },
  phishing: {
    name: 'Phishing',
    means: 'Somebody uses this to take passwords or money by deceit.',
    todo: 'Remove the page or account, find out how it got there, and close that way.',
  },
  'forged-domain': {
    name: 'Forged sender domain',
    means: 'Others forge this domain as their sender. You are the victim; your own mail is not counted.',
    todo: 'Publish SPF, DKIM and a DMARC policy, so that receivers can tell your mail from forgeries.',
  },
  'spam-domain': {
    name: 'Advertised by spam',
    means: 'Unwanted bulk mail advertises this domain or is sent in its name.',
    todo: 'Stop whoever advertises it that way, and tell in an appeal what was done.',
  },
  'dropbox-address': {
    name: 'Address for answers to fraud',
    means: 'Fraudulent mail asks for answers to this address.',
    todo: 'Close the account, or tell in an appeal why it is not what it seems.',
  },
  'hit-and-run': {
    name: 'Short-lived sender',
    means: 'An account here sent a burst of spam and was gone.',
    todo: 'Check how new accounts are admitted before they can send.',
  },
  'dynamic-range': {
    name: 'Dynamic range',
    means: 'The owner says that no mail comes straight from here.',
    todo: 'Send through the mail server of your provider.',
  },
  ham: { name: 'Good mail', means: '', todo: '' },
};

const JA: Readonly<Record<Category, Reason>> = {
  'spam-source': {
    name: '迷惑メールの送信元',
    means: 'ここから大量の迷惑メールが届くと、メール事業者が観測しています。',
    todo: '送信している利用者・プログラム・アカウントを特定して止め、悪用された経路をふさいでください。',
  },
  zombie: {
    name: '感染した端末（ゾンビ）',
    means: 'マルウェアなどにより、端末が勝手にメールを送っていると考えられます。',
    todo: '端末を特定して駆除してください。メールサーバー以外からの25番ポートの外向き通信を閉じてください。',
  },
  'malware-sender': {
    name: 'マルウェアの送信',
    means: 'ここからのメールに、悪意のある添付ファイルやリンクが含まれています。',
    todo: '端末をネットワークから切り離して駆除し、その端末で使ったパスワードを変更してください。',
  },
  harvester: {
    name: 'アドレスの収集',
    means: 'ここからメールアドレスの収集や推測が行われています。',
    todo: '該当するプログラムやアカウントを止めてください。',
  },
  'backscatter-source': {
    name: '無関係な人へのエラーメール',
    means: '詐称されたメールにメールサーバーが応答し、無関係な人へエラーメールが送られています。',
    todo: '存在しない宛先は、後から通知せず、接続中に拒否するように設定してください。',
  },
  phishing: {
    name: 'フィッシング',
    means: 'パスワードや金銭をだまし取る目的で使われています。',
    todo: '該当するページやアカウントを削除し、侵入経路を調べてふさいでください。',
  },
  'forged-domain': {
    name: '詐称されたドメイン',
    means:
      '第三者がこのドメインを送信者として詐称しています。あなたは被害者であり、正規のメールは数えていません。',
    todo: 'SPF、DKIM、DMARCのポリシーを公開し、受信側が詐称を見分けられるようにしてください。',
  },
  'spam-domain': {
    name: '迷惑メールで宣伝されたドメイン',
    means: 'このドメインが迷惑メールで宣伝されているか、送信者名として使われています。',
    todo: 'そのような宣伝を止めさせ、対応した内容を異議申立てでお知らせください。',
  },
  'dropbox-address': {
    name: '詐欺メールの返信先',
    means: '詐欺メールが、このアドレスへの返信を求めています。',
    todo: 'アカウントを閉じるか、誤りである理由を異議申立てでお知らせください。',
  },
  'hit-and-run': {
    name: '短期間だけの送信者',
    means: 'ここのアカウントが短時間に迷惑メールを送り、姿を消しました。',
    todo: '新しいアカウントが送信できるようになる前の確認方法を見直してください。',
  },
  'dynamic-range': {
    name: '動的アドレス',
    means: '所有者が、ここから直接メールは送られないと宣言しています。',
    todo: '契約しているプロバイダーのメールサーバーを経由して送信してください。',
  },
  ham: { name: '正常なメール', means: '', todo: '' },
};

export const REASONS: Readonly<Record<Language, Readonly<Record<Category, Reason>>>> = { en: EN, ja: JA };
