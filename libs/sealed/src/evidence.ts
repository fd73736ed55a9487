// What travels inside the JWE of a report: the owner of a network gets what it needs to find one customer.
import { z } from 'zod';

/**
 * Plain text at most. A report's `sealed` may have 16,384 characters (libs/report); header, wrapped key, IV and tag of the
 * compact form take under 500 of them, base64url makes four of three, and the text is padded to whole KiB: 11 of them fit.
 */
export const MAX_EVIDENCE_BYTES = 11 * 1_024;

const port = z.int().min(1).max(65_535);

/** Version 1. Strict: what has no field here cannot be sent, and an unknown version is refused, never half read. */
export const evidenceSchema = z.strictObject({
  version: z.literal(1),
  /** Exact times and ports: behind CGNAT or with dynamic addresses only both together name one customer. */
  seen: z
    .array(
      z.strictObject({
        at: z.iso.datetime({ offset: true }),
        sourcePort: port.optional(),
        destinationPort: port.optional(),
      }),
    )
    .min(1)
    .max(50),
  /** Header fields of one message, without recipients and without a body: see `sampleOfHeaders`. */
  headers: z.string().max(10_000).optional(),
  note: z.string().max(500).optional(),
});

export type Evidence = z.output<typeof evidenceSchema>;
export type EvidenceInput = z.input<typeof evidenceSchema>;
