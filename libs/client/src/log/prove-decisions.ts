import {
  saltedEntry,
  leafHash,
  LogRefused,
  verifyInclusion,
  type DecisionKind,
  type Prover,
  type TreeHead,
} from '@sekisho/tlog';
import { readDecision, type DecisionStatement, type LoggedDecision } from './decision-query.js';

export interface ProvedDecision {
  readonly index: number;
  readonly said: DecisionStatement;
}

/** Decisions of one kind about one thing, as the hub tells them. */
export interface ToldDecisions {
  readonly kind: DecisionKind;
  readonly about: string;
  readonly decisions: readonly LoggedDecision[];
}

/**
 * Proves that each decision is the entry of the log that the hub names. Those after the checkpoint are left out: they are in the
 * next one.
 * @throws {LogRefused} proof-wrong when one is not, or is about something else
 */
export async function proveDecisions(
  { kind, about, decisions }: ToldDecisions,
  head: TreeHead,
  prover: Prover,
): Promise<ProvedDecision[]> {
  const proved: ProvedDecision[] = [];
  for (const decision of decisions) {
    const { index, salt, statement } = decision;
    if (index >= head.size) continue;
    const leaf = leafHash(saltedEntry(kind, Buffer.from(salt, 'base64url'), statement));
    try {
      verifyInclusion(leaf, index, head.size, await prover.inclusion(index), head.root);
    } catch (error) {
      if (!(error instanceof LogRefused)) throw error;
      throw new LogRefused('proof-wrong', `the hub tells a decision that is not entry ${index} of the log`);
    }
    const said = readDecision(decision);
    if (said.about !== about) {
      throw new LogRefused('proof-wrong', `entry ${index} is about ${said.about}, not about ${about}`);
    }
    proved.push({ index, said });
  }
  return proved;
}
