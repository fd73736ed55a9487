// Look up what is listed and why: works without scripts.
import type { Category } from '@sekisho/report';
import type { ReputationModel } from '../reputations/models/reputation.model.js';
import { escapeHtml, formatTime, page, type Language } from './layout.js';
import { REASONS } from './reason-texts.js';

/** What was found for what was asked; nothing was asked when `asked` is empty. */
export interface LookupOutcome {
  readonly asked: string;
  readonly reputation: ReputationModel | null;
  /** What is wrong with the question. */
  readonly fault: string | undefined;
}

const TEXT = {
  en: {
    title: 'Is an address listed?',
    lead: 'Mail operators share here what they see of spam and abuse. Look up an address, a network or a domain, and what to do about a listing.',
    label: 'Address, network or domain',
    hint: 'For example 203.0.113.9 or example.com',
    submit: 'Look up',
    listed: 'is listed',
    notListed: 'is not listed',
    unknown: 'Nothing was reported about it, or it has faded.',
    scored: 'Something was reported about it, but not enough for a listing.',
    forged: 'is forged by others',
    score: 'Score',
    of: 'of 100',
    categories: 'Reported as',
    confidence: 'Confidence',
    lastSeen: 'Last seen',
    expires: 'Forgotten by itself',
    means: 'What it means',
    todo: 'What to do',
    fades: 'If nothing more is reported, the listing ends by itself:',
    appeal: 'Ask for removal or appeal',
    appealLead: 'Is it dealt with, or a mistake? You need no account.',
    why: 'How the score comes about',
    points: 'points',
    separator: ', ',
  },
  ja: {
    title: '掲載の確認',
    lead: 'メール事業者が迷惑メールなどの観測を持ち寄る仕組みです。IPアドレス・ネットワーク・ドメインの掲載状況と、掲載されたときの対処を確認できます。',
    label: 'IPアドレス・ネットワーク・ドメイン',
    hint: '例: 203.0.113.9、example.com',
    submit: '確認する',
    listed: 'は掲載されています',
    notListed: 'は掲載されていません',
    unknown: '通報がないか、すでに効力を失っています。',
    scored: '通報はありますが、掲載の基準に達していません。',
    forged: 'は第三者に詐称されています',
    score: 'スコア',
    of: '/ 100',
    categories: '通報の種類',
    confidence: '確からしさ',
    lastSeen: '最後の観測',
    expires: 'スコアが0になる日時',
    means: '掲載の理由',
    todo: '対処の方法',
    fades: '新たな通報がなければ、次の日時に掲載が自動的に終わります:',
    appeal: '解除の申請・異議申立て',
    appealLead: '対処が済んだ場合や、誤りと思われる場合にご利用ください。アカウントは不要です。',
    why: 'スコアの内訳',
    points: '点',
    separator: '、',
  },
} as const;

export function lookupPage({ asked, reputation, fault }: LookupOutcome, language: Language): string {
  const t = TEXT[language];
  const other: Language = language === 'en' ? 'ja' : 'en';
  const link = `/?lang=${other}${asked ? `&subject=${encodeURIComponent(asked)}` : ''}`;
  const faulty = fault === undefined ? '' : ' aria-invalid="true" aria-describedby="fault"';
  return page(
    language,
    `${t.title} - Sekisho`,
    link,
    `<h1>${t.title}</h1>
<p>${t.lead}</p>
<form method="get" action="/" role="search"><input type="hidden" name="lang" value="${language}">
<div class="row"><div><label for="subject">${t.label} <span class="hint">${t.hint}</span></label>
<input id="subject" name="subject" value="${escapeHtml(asked)}" maxlength="300" required autocapitalize="none" autocomplete="off" spellcheck="false"${faulty}></div>
<button>${t.submit}</button></div></form>
<div aria-live="polite">${asked ? resultOf(asked, reputation, fault, language) : ''}</div>`,
  );
}

function resultOf(
  asked: string,
  reputation: ReputationModel | null,
  fault: string | undefined,
  language: Language,
): string {
  const t = TEXT[language];
  if (fault !== undefined) {
    return `<div class="card bad"><p id="fault" role="alert">${escapeHtml(fault)}</p></div>`;
  }
  if (!reputation) {
    return `<div class="card good"><p class="verdict"><b>${escapeHtml(asked)}</b> <em>${t.notListed}</em></p><p>${t.unknown}</p></div>`;
  }
  const { listed, score, subject, listedUntil } = reputation;
  const isForged = !listed && reputation.categories[0] === 'forged-domain';
  const verdict = listed ? t.listed : isForged ? t.forged : t.notListed;
  const times: [string, string][] = [
    [t.categories, reputation.categories.map((one) => REASONS[language][one].name).join(t.separator)],
    [t.confidence, `${String(reputation.confidence)} ${t.of}`],
    [t.lastSeen, formatTime(reputation.lastSeen, language)],
    [t.expires, formatTime(reputation.expiresAt, language)],
  ];
  return `<div class="card ${listed ? 'bad' : isForged ? 'wait' : 'good'}">
<p class="verdict"><b>${escapeHtml(subject)}</b> <em>${verdict}</em></p>
${listed || isForged ? reasonOf(reputation.categories[0], language) : `<p>${t.scored}</p>`}
${listedUntil ? `<p>${t.fades} <strong>${escapeHtml(formatTime(listedUntil, language))}</strong></p>` : ''}
${listed ? `<p>${t.appealLead}<br><a href="/appeal?lang=${language}&amp;subject=${encodeURIComponent(subject)}">${t.appeal}</a></p>` : ''}</div>
<h2>${t.why}</h2>
<p>${t.score}: <strong>${String(score)}</strong> ${t.of}</p>
<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${String(score)}" height="1"/></svg>
<dl>${times.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value || '-')}</dd>`).join('')}</dl>
<ul class="factors">${reputation.explanation
    .map(
      ({ factor, contribution, detail }) =>
        `<li><span class="points">${String(contribution)} ${t.points}</span>${escapeHtml(factor)}<small>${escapeHtml(detail)}</small></li>`,
    )
    .join('')}</ul>`;
}

/** The leading reason with what it means and what to do. */
export function reasonOf(category: Category | undefined, language: Language): string {
  if (category === undefined) return '';
  const t = TEXT[language];
  const { name, means, todo } = REASONS[language][category];
  return `<dl><dt>${t.means}</dt><dd><strong>${name}</strong><br>${means}</dd><dt>${t.todo}</dt><dd>${todo}</dd></dl>`;
}
