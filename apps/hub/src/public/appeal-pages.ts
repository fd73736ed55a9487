// The form of an appeal, and the page on which its author follows it. Everything but the puzzle works without scripts.
import type { AppealOutcome, StoredAppeal } from '@sekisho/persistence';
import { formatSubject } from '@sekisho/subject';
import { APPEAL_TEXT as TEXT } from './appeal-texts.js';
import { escapeHtml, formatTime, page, type Language } from './layout.js';
import { reasonOf } from './lookup-page.js';
import { REASONS } from './reason-texts.js';

export interface FilledForm {
  readonly subject: string;
  readonly words: string;
  readonly mail: string;
  /** Names this filling of the form. */
  readonly form: string;
  readonly fault: string | undefined;
}

const otherOf = (language: Language): Language => (language === 'en' ? 'ja' : 'en');

export function appealFormPage(filled: FilledForm, language: Language): string {
  const t = TEXT[language];
  const { subject, words, mail, form, fault } = filled;
  const at = (lang: Language) => `/appeal?lang=${lang}&subject=${encodeURIComponent(subject)}`;
  return page(
    language,
    `${t.formTitle} - Sekisho`,
    at(otherOf(language)),
    `<h1>${t.formTitle}</h1>
<p>${t.formLead}</p>
<ol>${t.steps.map((step) => `<li>${step}</li>`).join('')}</ol>
${fault === undefined ? '' : `<div class="card bad"><p role="alert">${escapeHtml(fault)}</p></div>`}
<form method="post" action="/appeal" data-puzzle>
<input type="hidden" name="lang" value="${language}"><input type="hidden" name="form" value="${escapeHtml(form)}"><input type="hidden" name="proof" value="">
<label for="subject">${t.subject}</label>
<input id="subject" name="subject" value="${escapeHtml(subject)}" maxlength="300" required autocapitalize="none" autocomplete="off" spellcheck="false">
<label for="words">${t.words} <span class="hint">${t.wordsHint}</span></label>
<textarea id="words" name="words" maxlength="2000" required>${escapeHtml(words)}</textarea>
<label for="mail">${t.mail} <span class="hint">${t.mailHint}</span></label>
<input id="mail" name="mail" type="email" value="${escapeHtml(mail)}" maxlength="254" autocomplete="email">
<button>${t.send}</button>
<p id="working" role="status" data-failed="${escapeHtml(t.puzzleFailed)}" hidden>${t.working}</p>
</form>
<div id="unscripted" class="card"><p>${t.unscripted}</p></div>
<p class="hint">${t.privacy}</p>
<script src="/appeal/script.js" defer></script>`,
  );
}

export interface StatusView {
  readonly appeal: StoredAppeal;
  readonly secret: string;
  readonly publicUrl: string;
  readonly address: string;
  readonly ways: {
    readonly isFromItself: boolean;
    readonly hasAddress: boolean;
    readonly hasMail: boolean;
    readonly record: { readonly name: string; readonly text: string } | undefined;
  };
  readonly fault: string | undefined;
}

export function appealStatusPage(view: StatusView, language: Language): string {
  const t = TEXT[language];
  const { appeal, secret, fault } = view;
  const subject = escapeHtml(formatSubject(appeal.subject));
  const rows: [string, string][] = [
    [t.subject, `<strong>${subject}</strong>`],
    [t.reasonClass, REASONS[language][appeal.category].name],
    [t.filed, formatTime(appeal.filedAt, language)],
  ];
  if (appeal.state === 'open' && appeal.dueAt) rows.push([t.due, formatTime(appeal.dueAt, language)]);
  if (appeal.decidedAt) rows.push([t.decided, formatTime(appeal.decidedAt, language)]);
  if (appeal.effectMs !== undefined) rows.push([t.effect, t.effectOf(Math.round(appeal.effectMs))]);
  return page(
    language,
    `${t.statusTitle} - Sekisho`,
    `/appeal/${secret}?lang=${otherOf(language)}`,
    `<h1>${t.statusTitle}</h1>
${fault === undefined ? '' : `<div class="card bad"><p role="alert">${escapeHtml(fault)}</p></div>`}
${stateCard(appeal, language)}
<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>
${appeal.state === 'unconfirmed' ? confirmation(view, language) : ''}
${appeal.state === 'open' || appeal.outcome === 'rejected' ? reasonOf(appeal.category, language) : ''}
${appeal.words === undefined ? '' : `<h2>${t.yourWords}</h2><blockquote>${escapeHtml(appeal.words)}</blockquote>`}
${appeal.state === 'unconfirmed' || appeal.state === 'open' ? action(secret, 'withdraw', t.withdraw, language, 'plain') : ''}
<p class="hint">${t.keepLink}</p>`,
  );
}

const TONE: Readonly<Record<AppealOutcome, string>> = { upheld: 'good', released: 'good', rejected: 'bad' };

function stateCard({ state, outcome, reason = '', escalatedAt }: StoredAppeal, language: Language): string {
  const t = TEXT[language];
  const [title, text] = outcome ? t.outcomes[outcome] : t.states[state];
  const late = state === 'open' && escalatedAt ? `<p>${t.late}</p>` : '';
  const said = reason === '' ? '' : `<p>${t.reason}</p><blockquote>${escapeHtml(reason)}</blockquote>`;
  return `<div class="card ${outcome ? TONE[outcome] : 'wait'}"><p class="verdict"><em>${title}</em></p><p>${text}</p>${late}${said}</div>`;
}

function confirmation({ appeal, secret, publicUrl, address, ways }: StatusView, language: Language): string {
  const t = TEXT[language];
  const command = `curl -X POST -d action=address ${publicUrl}/appeal/${secret}`;
  const parts: string[] = [];
  if (ways.hasAddress) {
    parts.push(
      ways.isFromItself
        ? `<p>${t.fromItself}</p>${action(secret, 'address', t.confirmHere, language)}`
        : `<p>${t.byAddress(escapeHtml(formatSubject(appeal.subject)), escapeHtml(address))}</p><pre><code>${escapeHtml(command)}</code></pre>${action(secret, 'address', t.confirmHere, language, 'plain')}`,
    );
  }
  if (ways.record) {
    const { name, text } = ways.record;
    parts.push(
      `<p>${t.byDns}</p><pre><code>${escapeHtml(`${name}. TXT "${text}"`)}</code></pre>${action(secret, 'dns', t.checkDns, language)}`,
    );
  }
  if (ways.hasMail) {
    parts.push(
      `<p>${appeal.mailSentAt ? t.mailSent : t.byMail}</p>${action(secret, 'mail', t.sendMail, language, 'plain')}`,
    );
  }
  return `<h2>${t.confirmTitle}</h2><p>${t.confirmLead}</p>${parts.join('\n') || `<p>${t.noWay}</p>`}`;
}

const action = (secret: string, name: string, label: string, language: Language, look = '') =>
  `<form method="post" action="/appeal/${escapeHtml(secret)}"><input type="hidden" name="lang" value="${language}"><button name="action" value="${name}"${look && ` class="${look}"`}>${label}</button></form>`;

/** What the abuse contact sees: nothing happens before the button, because mail scanners follow links. */
export function contactPage(appeal: StoredAppeal, code: string, language: Language, isDone = false): string {
  const t = TEXT[language];
  const body = isDone
    ? `<div class="card good"><p>${t.contactThanks}</p></div>`
    : `<p>${t.contactLead(escapeHtml(formatSubject(appeal.subject)))}</p>
<blockquote>${escapeHtml(appeal.words ?? '')}</blockquote>
<form method="post" action="/appeal/confirm/${escapeHtml(code)}"><input type="hidden" name="lang" value="${language}"><button>${t.contactConfirm}</button></form>`;
  const other = `/appeal/confirm/${encodeURIComponent(code)}?lang=${otherOf(language)}`;
  return page(language, `${t.contactTitle} - Sekisho`, other, `<h1>${t.contactTitle}</h1>${body}`);
}

export function faultPage(fault: string, language: Language): string {
  const t = TEXT[language];
  return page(
    language,
    `${t.statusTitle} - Sekisho`,
    `/?lang=${otherOf(language)}`,
    `<h1>${t.statusTitle}</h1><div class="card bad"><p role="alert">${escapeHtml(fault)}</p></div>`,
  );
}
