// What a reader of HTML sees, as plain text. A sender hides noise in comments, in invisible elements and in colours;
// none of that reaches the text, and what is inside a word leaves the word whole.
import { Parser } from 'htmlparser2';

/** More markup than this is not read: the bound on time. The longest real spam at hand has 110,000 characters. */
export const MAX_MARKUP_CHARACTERS = 131_072;
/** The parser's time for one element grows with those that are open: deeper markup is read as text between tags. */
const MAX_OPEN = 512;
const CHUNK_CHARACTERS = 4_096;
/** Deeper elements inherit what this one is: nobody sees a difference, and nested tags cannot use up memory. */
const MAX_DEPTH = 256;

/** Not `head`: what a reader does not see of it are these, and the first text or other element ends it without a tag. */
const UNSEEN = new Set(['script', 'style', 'title', 'template', 'noscript', 'object', 'select', 'svg']);
const BREAKS = new Set(
  'address blockquote br center dd div dl dt form h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul'.split(
    ' ',
  ),
);
const NAMED_COLOURS: Readonly<Record<string, number>> = {
  white: 0xffffff,
  black: 0,
  red: 0xff0000,
  blue: 0x0000ff,
  yellow: 0xffff00,
  silver: 0xc0c0c0,
  gray: 0x808080,
  green: 0x008000,
  navy: 0x000080,
};
/** Sum of the differences of red, green and blue below which nobody reads the text. */
const UNREADABLE_CONTRAST = 24;

interface Look {
  /** For all that is inside too. */
  readonly isHidden: boolean;
  /** Letters of no size; what is inside may have one again, as templates do to close gaps between cells. */
  readonly isTiny: boolean;
  readonly ink: number | undefined;
  /** Undefined: an image or a colour that was not understood. */
  readonly paper: number | undefined;
}

export interface VisibleText {
  readonly text: string;
  /** Targets of links and images, as written. */
  readonly links: readonly string[];
}

/** The visible text and the links of markup. Never throws; time is linear in the length, which is cut at `limit` characters. */
export function visibleText(markup: string, limit = MAX_MARKUP_CHARACTERS): VisibleText {
  const parts: string[] = [];
  const links: string[] = [];
  const looks: Look[] = [{ isHidden: false, isTiny: false, ink: 0, paper: 0xffffff }];
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      const above = looks[Math.min(depth, looks.length - 1)] ?? UNKNOWN_LOOK;
      depth++;
      if (depth < MAX_DEPTH) looks[depth] = lookOf(name, attributes, above);
      looks.length = Math.min(depth, MAX_DEPTH - 1) + 1;
      for (const link of [
        attributes['href'],
        attributes['src'],
        attributes['action'],
        attributes['background'],
      ]) {
        if (link) links.push(link);
      }
      if (BREAKS.has(name)) parts.push('\n');
    },
    ontext(text) {
      const look = looks.at(-1);
      if (look && !look.isHidden && !look.isTiny && !isUnreadable(look)) parts.push(text);
    },
    onclosetag(name) {
      depth = Math.max(0, depth - 1);
      if (looks.length > depth + 1) looks.length = depth + 1;
      if (BREAKS.has(name)) parts.push('\n');
    },
  });
  const read = markup.slice(0, Math.max(0, Math.min(limit, MAX_MARKUP_CHARACTERS)));
  let at = 0;
  for (; at < read.length && depth < MAX_OPEN; at += CHUNK_CHARACTERS) {
    parser.write(read.slice(at, at + CHUNK_CHARACTERS));
  }
  parser.end();
  if (at < read.length)
    parts.push(
      read
        .slice(at)
        // The end of a tag that was being read.
        .replace(/^[^<>]{0,2000}>/, ' ')
        .replace(/<[^<>]{0,2000}>/g, ' '),
    );
  return { text: parts.join(''), links };
}

const UNKNOWN_LOOK: Look = { isHidden: false, isTiny: false, ink: 0, paper: undefined };

const isUnreadable = ({ ink, paper }: Look): boolean =>
  ink !== undefined &&
  paper !== undefined &&
  [16, 8, 0].reduce((sum, bits) => sum + Math.abs(((ink >> bits) & 255) - ((paper >> bits) & 255)), 0) <
    UNREADABLE_CONTRAST;

function lookOf(name: string, attributes: Record<string, string>, above: Look): Look {
  const style = (attributes['style'] ?? '').slice(0, 1_000).toLowerCase();
  const isHidden =
    above.isHidden ||
    UNSEEN.has(name) ||
    'hidden' in attributes ||
    /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|mso-hide\s*:\s*all/.test(style) ||
    /(?:^|;|\s)(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%|;|\s|$)/.test(style);
  const inkText =
    /(?:^|;|\s)color\s*:\s*([^;]+)/.exec(style)?.[1] ?? attributes['color'] ?? attributes['text'];
  const paperText =
    /background(?:-color)?\s*:\s*([^;]+)/.exec(style)?.[1] ??
    attributes['bgcolor'] ??
    (attributes['background'] === undefined ? undefined : 'image');
  return {
    isHidden,
    isTiny: isTiny(style, above.isTiny),
    ink: inkText === undefined ? above.ink : colourOf(inkText),
    paper: paperText === undefined ? above.paper : colourOf(paperText),
  };
}

/** Letters of less than two pixels, or of less than a tenth of what is around them. */
function isTiny(style: string, isAboveTiny: boolean): boolean {
  const written = /(?:^|;|\s)font-size\s*:\s*([^;]+)/.exec(style)?.[1];
  if (written === undefined) return isAboveTiny;
  const [, digits, unit] = /^(\d*\.?\d+)\s*(px|pt|r?em|%)?/.exec(written) ?? [];
  // A keyword, or what no mail program understands.
  if (digits === undefined) return false;
  const size = Number(digits);
  if (unit === 'em' || unit === '%') return isAboveTiny || size < (unit === '%' ? 10 : 0.1);
  return size < (unit === 'rem' ? 0.1 : 2);
}

function colourOf(text: string): number | undefined {
  const written = text.trim().toLowerCase();
  const hex = /^#?([0-9a-f]{6})\b/.exec(written)?.[1];
  if (hex) return Number.parseInt(hex, 16);
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])\b/.exec(written);
  if (short)
    return Number.parseInt(
      short
        .slice(1)
        .map((digit) => digit + digit)
        .join(''),
      16,
    );
  return NAMED_COLOURS[written];
}
