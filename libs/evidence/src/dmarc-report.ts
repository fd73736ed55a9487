// DMARC aggregate reports: RFC 7489 section 7.2 and appendix C. Says whose domain is forged; who forwarded is no culprit.
import { XMLParser } from 'fast-xml-parser';
import { findingOf, skip, type Finding } from './finding.js';
import { LIMITS } from './limits.js';
import { decodePart, type MimePart } from './mime-parts.js';
import { textOf, type ReadMessage } from './parse-message.js';
import { decodeCharset } from './transfer-encoding.js';

/** `receiver!domain!begin!end[!unique]` (RFC 7489 section 7.2.1.1). */
const FILE_NAME = /^[^!\s]+![^!\s]+!\d+!\d+(?:![^!\s]+)?\.(xml|xml\.gz|zip|gz)$/i;

const reportPart = (parts: readonly MimePart[]): MimePart | undefined =>
  parts.find(({ name }) => name !== undefined && FILE_NAME.test(name));

export const isDmarcReport = ({ parts }: ReadMessage): boolean => reportPart(parts) !== undefined;

export function readDmarcMail({ parts }: ReadMessage): Finding {
  const part =
    reportPart(parts) ?? parts.find(({ mediaType }) => /^(?:text|application)\/xml$/.test(mediaType));
  if (!part) return skip('dmarc-malformed', 'no part of such a name');
  if (!/\.xml$/i.test(part.name ?? '.xml')) return skip('archive-not-opened');
  return readDmarcXml(
    part.mediaType === 'text/plain' ? textOf(part) : decodeCharset(decodePart(part), 'utf-8'),
  );
}

const parser = new XMLParser({
  ignoreAttributes: true,
  // Entities can grow to gigabytes; none is needed.
  processEntities: false,
  parseTagValue: false,
  isArray: (name) => name === 'record',
});

type Element = Readonly<Record<string, unknown>>;
const child = (element: unknown, name: string): unknown =>
  typeof element === 'object' && element !== null ? (element as Element)[name] : undefined;
const word = (element: unknown, name: string): string | undefined => {
  const value = child(element, name);
  return typeof value === 'string' ? value.trim().toLowerCase() : undefined;
};

/** One report a domain whose name others used: messages that failed both SPF and DKIM, aligned. Total. */
export function readDmarcXml(text: string): Finding {
  if (text.length > LIMITS.xmlCharacters) return skip('dmarc-malformed', 'too long');
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) return skip('dmarc-malformed', 'a document type');
  if (deepest(text) > LIMITS.depth) return skip('dmarc-malformed', 'nested too deeply');
  const feedback = child(parse(text), 'feedback');
  const range = child(child(feedback, 'report_metadata'), 'date_range');
  const [begin, end] = [Number(word(range, 'begin')), Number(word(range, 'end'))];
  if (!(begin > 0 && end >= begin && end < 1e11)) return skip('dmarc-malformed', 'no date range');
  const records = child(feedback, 'record');
  const counts = new Map<string, number>();
  for (const record of Array.isArray(records) ? (records as unknown[]) : []) {
    const row = child(record, 'row');
    const evaluated = child(row, 'policy_evaluated');
    if (word(evaluated, 'dkim') !== 'fail' || word(evaluated, 'spf') !== 'fail') continue;
    const domain = word(child(record, 'identifiers'), 'header_from');
    const count = Number(word(row, 'count'));
    if (domain !== undefined && count >= 1) counts.set(domain, (counts.get(domain) ?? 0) + Math.floor(count));
  }
  if (counts.size === 0) return skip('dmarc-nothing-failed');
  return findingOf(
    [...counts].map(([value, count]) => ({
      type: 'domain',
      value,
      category: 'forged-domain',
      evidence: 'auth-failure',
      firstSeenAt: begin * 1_000,
      seenAt: end * 1_000,
      count,
      auth: { spf: 'fail', dkim: 'fail', dmarc: 'fail' },
    })),
  );
}

/** Undefined for what is not well formed: the parser throws plain errors. */
function parse(text: string): unknown {
  try {
    return parser.parse(text);
  } catch {
    return undefined;
  }
}

/** The parser recurses. A mere count of marks: more than the truth at most. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const next = text.charAt(at + 1);
    if (next === '/') depth -= 1;
    else if (next !== '!' && next !== '?' && text.charAt(text.indexOf('>', at) - 1) !== '/') depth += 1;
    most = Math.max(most, depth);
  }
  return most;
}
