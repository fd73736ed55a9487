/** What is read of one message. Measured with hostile input: within these, one message takes well under 200 ms and 64 MiB. */
export const LIMITS = {
  /** Bytes read of a message; the rest is dropped and `isTruncated` says so. */
  messageBytes: 4 * 1_048_576,
  /** Bytes of one header block; the rest of the block is dropped. */
  headerBytes: 262_144,
  /** Fields of one header block. */
  headerFields: 1_000,
  /** Characters of one field after unfolding. */
  fieldCharacters: 16_384,
  /** Leaves of the part tree; a message with more is skipped. */
  parts: 500,
  /** Lines that begin as a boundary does. The longest patches have some ten thousand. */
  hyphenLines: 50_000,
  /** Multipart or embedded message inside another. */
  depth: 20,
  /** Bytes of one text part that are decoded. */
  textBytes: 524_288,
  /** Characters of an aggregate report: some 4,000 records. */
  xmlCharacters: 1_048_576,
  /** Characters of a line of a log or table; a longer one is skipped. */
  lineCharacters: 65_536,
} as const;
