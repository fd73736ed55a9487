import { normaliseAddress, SubjectInvalid } from '@sekisho/subject';
import { addressParser, decodeWords } from 'postal-mime';
import { readAuthentication } from './authentication-results.js';
import { firstField, parseDate, type HeaderField } from './header-fields.js';
import { LIMITS } from './limits.js';
import { decodePart, splitParts, type MimePart } from './mime-parts.js';
import type { Attachment, ParsedMessage } from './parsed-message.js';
import { findHandOff, type TrustedRelays } from './received.js';
import type { SkipReason } from './skip-reason.js';
import { decodeCharset } from './transfer-encoding.js';

export interface ParseRules {
  readonly trusted: TrustedRelays;
  /** 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
}

/** A message with its parts as the report formats need them. */
export interface ReadMessage {
  readonly message: ParsedMessage;
  readonly fields: readonly HeaderField[];
  readonly parts: readonly MimePart[];
}

/** Total: any bytes give a message or a reason. Nothing that is compressed is opened. */
export function readMessage(input: Uint8Array, rules: ParseRules): ReadMessage | { skipped: SkipReason } {
  const bytes = input.length > LIMITS.messageBytes ? input.subarray(0, LIMITS.messageBytes) : input;
  const tree = splitParts(withoutMboxLine(bytes));
  if ('skipped' in tree) return tree;
  const { fields, parts } = tree;
  if (fields.length === 0) return { skipped: 'message-empty' };
  const texts: string[] = [];
  const htmls: string[] = [];
  const attachments: Attachment[] = [];
  for (const part of parts) {
    const isText = part.mediaType === 'text/plain' || part.mediaType === 'text/html';
    if (isText && part.disposition !== 'attachment') {
      (part.mediaType === 'text/html' ? htmls : texts).push(textOf(part));
    } else attachments.push(attachmentOf(part, rules));
  }
  const returnPath = firstField(fields, 'return-path')?.trim();
  const message: ParsedMessage = {
    texts,
    htmls,
    subjectLine: decodeWords(firstField(fields, 'subject') ?? ''),
    fromDomain: domainOf(firstField(fields, 'from')),
    replyToDomain: domainOf(firstField(fields, 'reply-to')),
    envelopeDomain: domainOf(returnPath),
    isNullSender: returnPath === '<>' || returnPath === '',
    attachments,
    handOff: findHandOff(fields, rules.trusted),
    auth: readAuthentication(fields, rules.trusted.hosts),
    writtenAt: parseDate(firstField(fields, 'date')),
    size: input.length,
    isTruncated: bytes.length < input.length,
  };
  return { message, fields, parts };
}

/** The text of a part in Unicode, cut at the limit. */
export const textOf = (part: MimePart): string =>
  decodeCharset(decodePart(part, LIMITS.textBytes), part.parameters.get('charset'));

function attachmentOf(part: MimePart, { sha256 }: ParseRules): Attachment {
  const bytes = decodePart(part);
  const digest = Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const name = part.name === undefined ? undefined : decodeWords(part.name).slice(0, 255);
  return {
    mediaType: part.mediaType,
    ...(name !== undefined && { name }),
    sha256: digest,
    size: bytes.length,
  };
}

/** The first address of a field; undefined when there is none. */
export function addressOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [first] = addressParser(value.slice(0, 2_048), { flatten: true });
  return first?.address?.includes('@') ? first.address : undefined;
}

export function domainOf(value: string | undefined): string | undefined {
  const address = addressOf(value);
  if (address === undefined) return undefined;
  try {
    return normaliseAddress(address).split('@').at(-1);
  } catch (error) {
    if (error instanceof SubjectInvalid) return undefined;
    throw error;
  }
}

/** `From x@y Mon …`, which mailbox files put in front. */
function withoutMboxLine(bytes: Uint8Array): Uint8Array {
  const isMbox = [0x46, 0x72, 0x6f, 0x6d, 0x20].every((byte, i) => bytes[i] === byte);
  return isMbox ? bytes.subarray(bytes.indexOf(0x0a) + 1) : bytes;
}
