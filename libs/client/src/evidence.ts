// Sealed evidence from the reporter's hand to the owner's: sealed and opened at the members, never in between.
import { openSealed, SealedFault, sealEvidence, type Evidence, type EvidenceInput } from '@sekisho/sealed';
import type { Subject } from '@sekisho/subject';
import type { HubSession } from './hub-session.js';
import type { MemberDirectory } from './member-directory.js';

/** Nobody in the federation owns all of the subject, so there is nobody to seal to. */
export class NoOwner extends Error {
  override readonly name = 'NoOwner';
  readonly code = 'no-owner';
  readonly kind = 'Rejected';
  constructor(readonly subject: Subject) {
    super(`no member of the federation owns ${subject.value}, so evidence cannot be sealed to anybody`);
  }
}

/** Seals evidence about an address or network to whoever owns it. @throws {NoOwner | SealedFault} */
export async function sealForOwner(
  session: HubSession,
  subject: Subject,
  evidence: EvidenceInput,
): Promise<string> {
  const key = await session.ownerKey(subject);
  if (!key) throw new NoOwner(subject);
  return sealEvidence(evidence, key);
}

/** One piece of evidence about an address of this member's. */
export type OpenedEvidence = {
  readonly id: string;
  readonly subject: string;
  readonly receivedAt: string;
} & (
  | { readonly evidence: Evidence }
  /** It cannot be opened here, and so must not be acknowledged. */
  | { readonly fault: SealedFault }
);

interface EvidenceSelection {
  /** Pieces to open. */
  readonly limit: number;
  /** Which pieces are opened at all, by what is known of them unopened. */
  readonly isWanted?: (piece: { readonly id: string; readonly subject: string }) => boolean;
}

/**
 * Fetches what waits and opens it here, oldest first, at most `limit` pieces. Nothing is acknowledged: do that with
 * `session.acknowledgeEvidence` when the evidence is safe; until then the hub keeps it, 14 days at most.
 */
export async function fetchEvidence(
  session: HubSession,
  directory: MemberDirectory,
  { limit, isWanted = () => true }: EvidenceSelection,
): Promise<{ opened: readonly OpenedEvidence[]; hasMore: boolean }> {
  const keys = await directory.openingKeys();
  const opened: OpenedEvidence[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await session.sealedEvidence({ first: Math.min(100, limit - opened.length), after });
    for (const { sealed, ...piece } of page.pieces) {
      if (!isWanted(piece)) continue;
      try {
        opened.push({ ...piece, evidence: await openSealed(sealed, keys) });
      } catch (error) {
        if (!(error instanceof SealedFault)) throw error;
        opened.push({ ...piece, fault: error });
      }
    }
    if (page.next === undefined || opened.length >= limit)
      return { opened, hasMore: page.next !== undefined };
    after = page.next;
  }
}
