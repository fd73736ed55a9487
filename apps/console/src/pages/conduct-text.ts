// The code of conduct as GET /conduct gives it: the few forms of Markdown that it is written in. Whatever else it may hold
// one day stays text.

export interface Span {
  readonly text: string;
  readonly isStrong?: true;
  readonly isCode?: true;
}

export type Block =
  | { readonly kind: 'title' | 'heading' | 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Span[])[] };

const INLINE = /\*\*([^*]{1,200})\*\*|`([^`]{1,200})`|\[([^[\]]{1,200})\]\([^()]{0,200}\)/g;

/** Links lose their targets: they lead to files beside the text, which the console does not have. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, strong, code, link = ''] = match;
    if (match.index > from) spans.push({ text: text.slice(from, match.index) });
    if (strong !== undefined) spans.push({ text: strong, isStrong: true });
    else if (code !== undefined) spans.push({ text: code, isCode: true });
    else spans.push({ text: link });
    from = match.index + whole.length;
  }
  if (from < text.length) spans.push({ text: text.slice(from) });
  return spans;
}

/** Japanese is written without spaces, so a line end inside a paragraph is none there. */
const WIDE_END = /[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]$/;
const joined = (lines: readonly string[]): string =>
  lines.reduce((text, line) => (text === '' || WIDE_END.test(text) ? text + line : `${text} ${line}`), '');

export function readConduct(markdown: string): Block[] {
  const blocks: Block[] = [];
  for (const chunk of markdown.split(/\n\s*\n/)) {
    const lines = chunk
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const [first = ''] = lines;
    if (first === '') continue;
    const heading = /^(#{1,6}) ([^ ].*)$/.exec(first);
    if (heading) {
      const kind = heading[1] === '#' ? 'title' : 'heading';
      blocks.push({ kind, spans: spansOf(heading[2] ?? '') });
    } else if (/^\d+\. [^ ]/.test(first)) {
      blocks.push({ kind: 'list', items: itemsOf(lines) });
    } else {
      blocks.push({ kind: 'paragraph', spans: spansOf(joined(lines)) });
    }
  }
  return blocks;
}

function itemsOf(lines: readonly string[]): Span[][] {
  const items: string[][] = [];
  for (const line of lines) {
    const begun = /^\d+\. ([^ ].*)$/.exec(line);
    if (begun) items.push([begun[1] ?? '']);
    else items.at(-1)?.push(line);
  }
  return items.map((item) => spansOf(joined(item)));
}
