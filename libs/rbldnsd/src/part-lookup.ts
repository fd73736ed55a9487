import type { Answers } from './answers.js';
import type { DatasetPart } from './dataset.js';
import { shownIpv4 } from './ipv4-text.js';
import { shownIpv6 } from './ipv6-text.js';
import { textOf } from './line.js';
import { shownName } from './name-text.js';
import { findName, NameMatch } from './name-set.js';
import type { QueryAddress } from './query-address.js';
import { findInRanges, hasListed, type RangeTable } from './range-table.js';
import { renderTemplate } from './template.js';
import { addressAt, countOf, NONE, templateAt, valueAt } from './value-table.js';

/** Which records are asked for. */
export interface Wanted {
  readonly addresses: boolean;
  readonly texts: boolean;
  readonly others: boolean;
}

/** The labels bytes[start…end) in front of a subzone, and what they say as an address. */
export interface AskedName {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly address: QueryAddress;
}

const TYPE_A = 1;
const TYPE_TXT = 16;

const MATCH = new NameMatch();

/** Adds to `answers` what one part says of a name. */
export function lookUpInPart(part: DatasetPart, name: AskedName, wanted: Wanted, answers: Answers): void {
  const { table } = part;
  const { address } = name;
  switch (table.kind) {
    case 'ipv4': {
      const handle = address.isIpv4 ? findInRanges(table.ranges, address.ipv4) : NONE;
      if (handle === NONE) answers.isAbove ||= isAboveIpv4(table.ranges, address);
      else {
        addAddresses(part, handle, wanted, answers);
        if (wanted.texts) addTexts(part, handle, shownIpv4(address.ipv4[0] ?? 0), answers);
      }
      return;
    }
    case 'ipv6': {
      const handle = address.isIpv6 ? findInRanges(table.ranges, address.ipv6) : NONE;
      if (handle !== NONE) {
        addAddresses(part, handle, wanted, answers);
        if (wanted.texts) addTexts(part, handle, shownIpv6(address.ipv6), answers);
      } else if (address.isIpv6Part)
        answers.isAbove ||= hasListed(table.ranges, address.first6, address.last6);
      return;
    }
    case 'names': {
      const { names } = table;
      if (name.start >= name.end) return;
      findName(names, name.bytes, name.start, name.end, MATCH);
      if (MATCH.isAbove) answers.isAbove = true;
      if (MATCH.handle === NONE) return;
      const at = names.offsets[MATCH.node] ?? 0;
      addAddresses(part, MATCH.handle, wanted, answers);
      if (wanted.texts) {
        const shown = shownName(names.names, at + 1, at + 1 + (names.names[at] ?? 0));
        addTexts(part, MATCH.handle, shown, answers);
      }
      return;
    }
    case 'generic': {
      const records = table.records.get(lowered(textOf(name.bytes, name.start, name.end)));
      if (!records) return;
      if (records.length === 0) answers.isAbove = true;
      else answers.isFound = true;
      for (const { type, ttlSeconds, content } of records) {
        if (type === TYPE_A) {
          if (wanted.addresses) answers.addAddress(wordOf(content), ttlSeconds);
        } else if (type === TYPE_TXT) {
          if (wanted.texts) answers.addTextContent(content, ttlSeconds);
        } else if (wanted.others) answers.addOther(type, content, ttlSeconds);
      }
    }
  }
}

function isAboveIpv4(ranges: RangeTable, address: QueryAddress): boolean {
  if (address.isIpv4Part && hasListed(ranges, address.first4, address.last4)) return true;
  return (
    (address.embedPart('mapped') && hasListed(ranges, address.first4, address.last4)) ||
    (address.embedPart('six-to-four') && hasListed(ranges, address.first4, address.last4))
  );
}

function addAddresses(part: DatasetPart, handle: number, wanted: Wanted, answers: Answers): void {
  answers.isFound = true;
  if (!wanted.addresses) return;
  const { values, ttlSeconds } = part;
  const count = countOf(values, handle);
  for (let i = 0; i < count; i++)
    answers.addAddress(addressAt(values.bytes, valueAt(values, handle, i)), ttlSeconds);
}

function addTexts(part: DatasetPart, handle: number, subject: readonly number[], answers: Answers): void {
  const { values, ttlSeconds, variables } = part;
  const shown = Uint8Array.from(subject);
  for (let i = 0; i < countOf(values, handle); i++) {
    const text = renderTemplate(templateAt(values.bytes, valueAt(values, handle, i)), variables, shown);
    if (text.length > 0) answers.addText(text, ttlSeconds);
  }
}

/** ASCII only: a name may hold any octet. */
const lowered = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function wordOf(content: Uint8Array): number {
  return addressAt(content, 0);
}
