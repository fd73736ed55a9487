// What is known of one message after reading it, at the member. It holds content: it never leaves the member, only
// what is derived from it (a report, a fingerprint) does.
import type { ReportInput } from '@sekisho/report';

/** Verdicts of the member's own border host, in the words of RFC 8601 section 2.7. */
export type AuthenticationPicture = NonNullable<ReportInput['auth']>;

/** Who handed the message to the member, by the word of the member's own border host. */
export interface HandOff {
  /** The connecting address, canonical (RFC 5952 for IPv6). */
  readonly ip: string;
  /** What the peer called itself; anybody can say anything. */
  readonly helo?: string;
  /** What the border host found in the DNS. */
  readonly reverseName?: string;
  /** Milliseconds since 1970, by the border host's clock. */
  readonly receivedAt?: number;
}

/** A part that is no readable text. Archives are never opened: the digest is of the decoded bytes as they came. */
export interface Attachment {
  /** Lower case, without parameters; what the message says, not what was looked at. */
  readonly mediaType: string;
  /** As the message names it. */
  readonly name?: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  /** Bytes after decoding. */
  readonly size: number;
}

export interface ParsedMessage {
  /** The text/plain parts in their order, decoded to Unicode, each cut at the limit of characters. */
  readonly texts: readonly string[];
  /** The text/html parts likewise, as markup. */
  readonly htmls: readonly string[];
  readonly subjectLine: string;
  /** Lower-case A-labels of the address in From; undefined when there is none or it is no host name. */
  readonly fromDomain: string | undefined;
  readonly replyToDomain: string | undefined;
  /** The domain of Return-Path as the border host wrote it; undefined for the null sender too. */
  readonly envelopeDomain: string | undefined;
  /** Return-Path is `<>`: a bounce or an automatic answer (RFC 5321 section 4.5.5). */
  readonly isNullSender: boolean;
  readonly attachments: readonly Attachment[];
  /** Undefined when no trusted host says who handed it over. */
  readonly handOff: HandOff | undefined;
  /** Empty when no trusted host says anything. */
  readonly auth: AuthenticationPicture;
  /** Milliseconds since 1970: what Date says. */
  readonly writtenAt: number | undefined;
  /** Bytes as they came. */
  readonly size: number;
  /** The message was longer than is read of one; parts may be missing. */
  readonly isTruncated: boolean;
}
