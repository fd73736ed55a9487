// The public page: one HTML document without scripts or anything from elsewhere, in Japanese and English.
import type { ReputationModel } from '../reputations/models/reputation.model.js';

export type Language = 'en' | 'ja';

/** What was found for what was asked; nothing was asked when `asked` is empty. */
export interface LookupOutcome {
  readonly asked: string;
  readonly reputation: ReputationModel | null;
  /** What is wrong with the question. */
  readonly fault: string | undefined;
}

const TEXT = {
  en: {
    title: 'Sekisho: is an address listed?',
    lead: 'Mail operators share here what they see of spam and abuse. Look up an address, a network or a domain.',
    label: 'Address, network or domain',
    submit: 'Look up',
    listed: 'is listed',
    notListed: 'is not listed',
    unknown: 'nothing was reported about it, or it has faded',
    score: 'Score (0 clean, 100 certainly abusive)',
    categories: 'Reported as',
    confidence: 'Confidence',
    lastSeen: 'Last seen',
    expires: 'Gone by itself if nothing more is reported',
    why: 'How the score comes about',
    points: 'points',
    other: '日本語',
  },
  ja: {
    title: 'Sekisho 関所: 掲載の確認',
    lead: 'メール事業者が迷惑メールなどの観測を持ち寄る仕組みです。IPアドレス、ネットワーク、ドメインの掲載を確認できます。',
    label: 'IPアドレス・ネットワーク・ドメイン',
    submit: '確認する',
    listed: 'は掲載されています',
    notListed: 'は掲載されていません',
    unknown: '通報がないか、すでに効力を失っています',
    score: 'スコア（0 は問題なし、100 は確実に不正）',
    categories: '通報の種類',
    confidence: '確からしさ',
    lastSeen: '最後の観測',
    expires: '新たな通報がなければ消える日時',
    why: 'スコアの内訳',
    points: '点',
    other: 'English',
  },
} as const;

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}' +
  'input{font:inherit;padding:.4rem;width:100%;box-sizing:border-box}button{font:inherit;padding:.4rem 1rem;margin-top:.5rem}' +
  'table{border-collapse:collapse;margin:1rem 0}th,td{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}' +
  'td.n{text-align:right}';

/** For the Content-Security-Policy: the page's only inline style. */
export const PAGE_STYLE = STYLE;

export function lookupPage({ asked, reputation, fault }: LookupOutcome, language: Language): string {
  const t = TEXT[language];
  const other: Language = language === 'en' ? 'ja' : 'en';
  const link = `?lang=${other}${asked ? `&subject=${encodeURIComponent(asked)}` : ''}`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${t.title}</title><style>${STYLE}</style></head>
<body>
<p><a href="${escapeHtml(link)}" lang="${other}" hreflang="${other}">${t.other}</a></p>
<h1>${t.title}</h1>
<p>${t.lead}</p>
<form method="get" action="/"><input type="hidden" name="lang" value="${language}">
<label>${t.label} <input name="subject" value="${escapeHtml(asked)}" maxlength="300" required></label>
<button>${t.submit}</button></form>
<main aria-live="polite">${asked ? resultOf(asked, reputation, fault, language) : ''}</main>
</body>
</html>
`;
}

function resultOf(
  asked: string,
  reputation: ReputationModel | null,
  fault: string | undefined,
  language: Language,
) {
  const t = TEXT[language];
  if (fault !== undefined) return `<p role="alert">${escapeHtml(fault)}</p>`;
  if (!reputation) return `<p><strong>${escapeHtml(asked)}</strong> ${t.notListed}: ${t.unknown}</p>`;
  const time = (date: Date) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(
      date,
    );
  const rows: [string, string][] = [
    [t.score, String(reputation.score)],
    [t.categories, reputation.categories.join(', ') || '-'],
    [t.confidence, `${reputation.confidence} / 100`],
    [t.lastSeen, `${time(reputation.lastSeen)} UTC`],
    [t.expires, `${time(reputation.expiresAt)} UTC`],
  ];
  return `<p><strong>${escapeHtml(reputation.subject)}</strong> ${reputation.listed ? t.listed : t.notListed}</p>
<table>${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>
<h2>${t.why}</h2>
<table>${reputation.explanation
    .map(
      ({ factor, contribution, detail }) =>
        `<tr><th scope="row">${escapeHtml(factor)}</th><td class="n">${contribution} ${t.points}</td><td>${escapeHtml(detail)}</td></tr>`,
    )
    .join('')}</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
