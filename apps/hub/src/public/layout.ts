// The frame of every public page: one HTML document with one style, nothing from elsewhere, readable on a telephone.

export type Language = 'en' | 'ja';

const STYLE = [
  ':root{color-scheme:light dark;--ink:#1c2430;--soft:#556070;--line:#d5dae1;--ground:#fff;--card:#f5f7f9;--link:#0b57a4;--bad:#a3271b;--good:#17693a;--wait:#7a4d00}',
  '@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a3adbb;--line:#38414d;--ground:#12161c;--card:#1b2129;--link:#8abfff;--bad:#ff9d90;--good:#7fd8a0;--wait:#f0c069}}',
  '*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}',
  'body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.65 system-ui,-apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic UI",sans-serif}',
  ':lang(ja){line-height:1.8;line-break:strict;overflow-wrap:anywhere}:lang(ja) h1,:lang(ja) h2{word-break:auto-phrase}',
  'header,main,footer{max-width:44rem;margin:0 auto;padding:0 1.25rem}',
  'header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding-top:1.25rem;padding-bottom:.75rem}',
  '.name{font-weight:700;letter-spacing:.02em;color:var(--ink);text-decoration:none}.name span{color:var(--soft);font-weight:400;margin-left:.35em}',
  'h1{font-size:1.65rem;line-height:1.3;margin:1.5rem 0 .75rem;letter-spacing:-.01em;text-wrap:balance}h2{font-size:1.15rem;line-height:1.4;margin:2rem 0 .5rem}p{margin:.6rem 0;text-wrap:pretty}',
  'a{color:var(--link);text-underline-offset:.15em}a:hover{text-decoration-thickness:2px}',
  ':focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}',
  'form{margin:1rem 0}label{display:block;font-weight:600;margin:1rem 0 .3rem}label .hint{display:block}.hint{color:var(--soft);font-size:.94rem;font-weight:400}',
  'input,textarea{font:inherit;color:inherit;background:var(--ground);width:100%;padding:.6rem .7rem;border:1px solid var(--soft);border-radius:6px}textarea{min-height:9rem;resize:vertical}',
  'button{font:inherit;font-weight:600;min-height:2.9rem;padding:.55rem 1.3rem;border:0;border-radius:6px;background:var(--link);color:var(--ground);cursor:pointer;margin-top:1rem}button.plain{background:none;color:var(--link);border:1px solid var(--soft)}button[disabled]{opacity:.6;cursor:progress}',
  '.row{display:flex;gap:.6rem;align-items:end}.row>div{flex:1;min-width:0}.row button{margin:0;white-space:nowrap}@media(max-width:30rem){.row{display:block}.row button{margin-top:.75rem;width:100%}}',
  '.card{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--soft);border-radius:6px;padding:1rem 1.2rem;margin:1.25rem 0}.bad{border-left-color:var(--bad)}.good{border-left-color:var(--good)}.wait{border-left-color:var(--wait)}',
  '.card>:first-child{margin-top:0}.card>:last-child{margin-bottom:0}.verdict{font-size:1.25rem;line-height:1.4;font-weight:700}.verdict b{overflow-wrap:anywhere}.bad .verdict em{color:var(--bad)}.good .verdict em{color:var(--good)}.wait .verdict em{color:var(--wait)}em{font-style:normal}',
  'dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.35rem 1.25rem;margin:1rem 0}dt{color:var(--soft)}dd{margin:0;font-variant-numeric:tabular-nums}@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}',
  '.factors{list-style:none;padding:0;margin:.5rem 0}.factors li{border-top:1px solid var(--line);padding:.55rem 0}.factors .points{float:right;font-variant-numeric:tabular-nums;font-weight:600;margin-left:1rem}.factors small{display:block;color:var(--soft);font-size:.9rem}',
  'svg.bar{display:block;width:100%;height:.5rem;margin:.4rem 0;border-radius:4px;background:var(--line)}svg.bar rect{fill:var(--bad)}',
  'code{font:.92em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--ground);border:1px solid var(--line);border-radius:4px;padding:.1em .35em;overflow-wrap:anywhere}pre{margin:.6rem 0}pre code{display:block;padding:.6rem .8rem;white-space:pre-wrap}',
  'blockquote{margin:.75rem 0;padding:.1rem 1rem;border-left:.25rem solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}',
  'footer{color:var(--soft);font-size:.94rem;border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem;padding-bottom:2.5rem}',
].join('');

/** For the Content-Security-Policy: the pages' only inline style. */
export const PAGE_STYLE = STYLE;

const FRAME = {
  en: {
    other: '日本語',
    footer:
      'Sekisho is the checkpoint that mail operators run together. Who reported is never shown. Counts of fewer than three are blurred, times are to ten minutes.',
  },
  ja: {
    other: 'English',
    footer:
      'Sekisho（関所）は、メール事業者が共同で運営する仕組みです。通報者は表示しません。3未満の数はぼかし、時刻は10分単位で表示します。',
  },
} as const;

/** `body` is HTML; `otherPath` is where the same page is in the other language. */
export function page(language: Language, title: string, otherPath: string, body: string): string {
  const t = FRAME[language];
  const other: Language = language === 'en' ? 'ja' : 'en';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
<header><a class="name" href="/?lang=${language}">Sekisho <span>関所</span></a>
<a href="${escapeHtml(otherPath)}" lang="${other}" hreflang="${other}">${t.other}</a></header>
<main>${body}</main>
<footer><p>${t.footer}</p></footer>
</body>
</html>
`;
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

/** To the minute, in Japanese time for who reads Japanese, else in UTC. */
export function formatTime(date: Date, language: Language): string {
  const [timeZone, name] = language === 'ja' ? ['Asia/Tokyo', 'JST'] : ['UTC', 'UTC'];
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone } as const;
  return `${new Intl.DateTimeFormat(language, style).format(date)} ${name}`;
}
