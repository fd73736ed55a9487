// X-ARF 0.1 and 0.2 (xarf/xarf-specification): a mail whose second part is YAML. XARF 3 and 4 by mail: a JSON part.
import type { Category, Evidence } from '@sekisho/report';
import { parse as parseYaml, YAMLError } from 'yaml';
import { findingOf, skip, type Draft, type Finding } from './finding.js';
import { firstField, parseDate } from './header-fields.js';
import { LIMITS } from './limits.js';
import { decodePart, type MimePart } from './mime-parts.js';
import { textOf, type ReadMessage } from './parse-message.js';
import { tryIp } from './received.js';
import { decodeCharset } from './transfer-encoding.js';
import { readXarfText, subjectOfLink } from './xarf-json.js';

/** Real reports have some twenty lines. */
const YAML_CHARACTERS = 8_192;

const MEANING: readonly [RegExp, Category, Evidence][] = [
  [/^(?:e?-?mail-?)?spam(?:ming|vertised)?$/, 'spam-source', 'complaint'],
  [/^harvest(?:ing|er)$/, 'harvester', 'complaint'],
  [/^(?:login-attack|brute-?force)$/, 'zombie', 'manual'],
  [/^(?:bot|botnet|bot-infection|infection|trojan)$/, 'zombie', 'malware'],
  [/^phishing$/, 'phishing', 'complaint'],
];

const jsonPart = (parts: readonly MimePart[]): MimePart | undefined =>
  parts.find(
    ({ mediaType, name }) => mediaType === 'application/json' || name?.toLowerCase() === 'xarf.json',
  );
const yamlPart = (parts: readonly MimePart[]): MimePart | undefined =>
  parts.find(({ mediaType, name }) => mediaType === 'text/plain' && name?.toLowerCase() === 'report.txt');

export function isXarfMail({ fields, parts }: ReadMessage): boolean {
  const isNamed = ['x-xarf', 'x-arf'].some((name) => firstField(fields, name) !== undefined);
  return isNamed || yamlPart(parts) !== undefined || jsonPart(parts)?.name?.toLowerCase() === 'xarf.json';
}

export function readXarfMail({ fields, parts }: ReadMessage): Finding {
  const json = jsonPart(parts);
  if (json) return readXarfText(decodeCharset(decodePart(json), 'utf-8'));
  const mode = firstField(fields, 'x-xarf')?.trim().toUpperCase();
  if (mode === 'SECURE' || mode === 'BULK') return skip('xarf-version-unknown', mode);
  const part = yamlPart(parts);
  return part ? readYaml(textOf(part)) : skip('xarf-malformed', 'no report.txt');
}

function readYaml(text: string): Finding {
  if (text.length > YAML_CHARACTERS) return skip('xarf-malformed', 'report.txt is too long');
  const fields = fieldsOf(text);
  if (!fields) return skip('xarf-malformed', 'report.txt is no YAML of names and values');
  const missing = ['report-type', 'source', 'source-type', 'date', 'reported-from'].find(
    (name) => !fields.has(name),
  );
  if (missing !== undefined) return skip('xarf-malformed', `no ${missing}`);
  const type = (fields.get('report-type') ?? '').toLowerCase();
  const meaning = MEANING.find(([pattern]) => pattern.test(type));
  if (!meaning) return skip('xarf-type-unused', type.slice(0, 60));
  const [, category, evidence] = meaning;
  const seenAt = parseDate(fields.get('date'));
  if (seenAt === undefined) return skip('xarf-malformed', 'no date');
  const subject = subjectOf(fields.get('source') ?? '', fields.get('source-type')?.toLowerCase() ?? '');
  if (!subject) return skip('no-source-address');
  if (subject.type === 'domain' && category !== 'phishing') return skip('no-source-address');
  return findingOf([{ ...subject, category, evidence, seenAt }]);
}

function subjectOf(source: string, type: string): Pick<Draft, 'type' | 'value'> | undefined {
  if (['uri', 'url', 'domain'].includes(type)) return subjectOfLink(source);
  const ip = tryIp(source);
  return ip && { type: 'ip', value: ip.text };
}

/** Names in lower case; undefined when it is something else. No tags, no aliases, every value a text. */
function fieldsOf(text: string): ReadonlyMap<string, string> | undefined {
  // Nested collections are no part of the format, and the parser recurses into them.
  if (/[[{]{20}/.test(text)) return undefined;
  let value: unknown;
  try {
    value = parseYaml(text.replace(/\r/g, ''), {
      schema: 'failsafe',
      maxAliasCount: 0,
      uniqueKeys: false,
      logLevel: 'silent',
    });
  } catch (error) {
    if (error instanceof YAMLError || error instanceof ReferenceError || error instanceof RangeError)
      return undefined;
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = new Map<string, string>();
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === 'string') fields.set(name.toLowerCase(), one.slice(0, LIMITS.fieldCharacters).trim());
  }
  return fields;
}
