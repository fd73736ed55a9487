import { z } from 'zod';
import type { ProvedDecision } from './prove-decisions.js';

/** The hub takes another key for this member's than the one in its directory. */
export class KeyNotOwn extends Error {
  override readonly name = 'KeyNotOwn';
  readonly code = 'key-not-own';
  readonly kind = 'Rejected';
  constructor(index: number, kid: string) {
    super(`entry ${index} of the log registers the signing key ${kid} for this member, which is not its own`);
  }
}

const changeSchema = z.object({ keys: z.array(z.object({ use: z.string(), kid: z.string() })) });

/**
 * The last signing key that the log registers for a member is the one that it has.
 * @throws {KeyNotOwn} somebody else can sign in its name
 */
export function requireOwnKeys(decisions: readonly ProvedDecision[], signingKid: string): void {
  const last = decisions
    .flatMap(({ index, said }) => {
      const { data } = changeSchema.safeParse(said);
      return (data?.keys ?? []).filter(({ use }) => use === 'sig').map(({ kid }) => ({ index, kid }));
    })
    .at(-1);
  if (last && last.kid !== signingKid) throw new KeyNotOwn(last.index, last.kid);
}
