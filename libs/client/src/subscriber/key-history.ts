// What hub and trustee said of their keys over time, proved to be in the transparency log.
import { readKeyStatement, type StatementKey } from '@sekisho/evaluation';
import { leafHash, LogRefused, Prover, statementEntry, verifyInclusion } from '@sekisho/tlog';
import { z } from 'zod';
import type { HubDescription } from '../discovery.js';
import { HubAnswerInvalid } from '../errors.js';
import { askHub } from '../hub-transport.js';
import { openCheckpoint, PublishedLog } from '../log/published-log.js';
import type { ClientRuntime } from '../runtime.js';
import { KeyMismatch, StatementForged, type Party } from './errors.js';

const answerSchema = z.object({
  statements: z.array(
    z.object({ index: z.int().min(0), party: z.enum(['hub', 'trustee']), statement: z.string() }),
  ),
});

/** A party and the key that its statements are signed with. */
export interface StatementSource {
  readonly id: string;
  readonly key: StatementKey;
}

/** One party's share of an epoch. */
export interface ShareHistory {
  readonly publicKey: string;
  /** The entry of the log in which it was first said. */
  readonly saidAt: number;
  /** The entry in which the party said that it has destroyed it. */
  readonly destroyedAt: number | undefined;
}

export interface EpochHistory {
  readonly epoch: string;
  /** `destroyed` only when both parties said so: either share alone is of no use, and both are gone. */
  readonly state: 'living' | 'destroyed by one' | 'destroyed';
  readonly hub: ShareHistory | undefined;
  readonly trustee: ShareHistory | undefined;
}

/** A statement that was verified and proved. */
export interface ProvedStatement {
  readonly index: number;
  readonly party: Party;
  readonly epochs: readonly { readonly epoch: string; readonly publicKey: string }[];
  readonly destroyed: readonly string[];
}

/**
 * Reads all statements, verifies who signed each and that the log holds it where the hub says.
 * @throws {StatementForged | LogRefused} when anything is not as it must be
 * @throws {HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function readKeyHistory(
  hub: HubDescription,
  sources: Readonly<Record<Party, StatementSource>>,
  runtime: ClientRuntime,
): Promise<EpochHistory[]> {
  const { log, endpoints } = hub;
  if (!log || endpoints.log === undefined || endpoints.statements === undefined) {
    throw new HubAnswerInvalid(hub.hub, 'it publishes no statements about keys');
  }
  const { statements } = await askHub(runtime, { url: endpoints.statements }, answerSchema);
  const published = new PublishedLog(endpoints.log, runtime);
  const head = await openCheckpoint(await published.checkpoint(), { ...log, witnesses: [] });
  const prover = new Prover(head.size, published.readTile);
  const proved: ProvedStatement[] = [];
  for (const { index, party, statement } of statements) {
    const said = await readStatementOf(party, sources[party], statement);
    // Not in the last checkpoint yet: it is there in a second, and until then it is not proved.
    if (index >= head.size) continue;
    const leaf = leafHash(statementEntry('epoch', statement));
    try {
      verifyInclusion(leaf, index, head.size, await prover.inclusion(index), head.root);
    } catch (error) {
      if (!(error instanceof LogRefused)) throw error;
      throw new StatementForged(party, `it is not entry ${index} of the log`, { cause: error });
    }
    proved.push({ index, party, ...said });
  }
  return historyOf(proved);
}

/** @throws {StatementForged} */
export async function readStatementOf(party: Party, { id, key }: StatementSource, statement: string) {
  const said = await readKeyStatement(statement, key).catch((error: unknown) => {
    throw new StatementForged(party, 'it is not signed with the key that this member knows', {
      cause: error,
    });
  });
  if (said.iss !== id) throw new StatementForged(party, `it is of ${said.iss}, not of ${id}`);
  return said;
}

/**
 * Epochs, oldest first.
 * @throws {StatementForged} for a party that gave an epoch another key later, or that has again what it had destroyed
 */
export function historyOf(statements: readonly ProvedStatement[]): EpochHistory[] {
  const shares = { hub: new Map<string, ShareHistory>(), trustee: new Map<string, ShareHistory>() };
  for (const { index, party, epochs, destroyed } of [...statements].sort((a, b) => a.index - b.index)) {
    const known = shares[party];
    for (const { epoch, publicKey } of epochs) {
      const before = known.get(epoch);
      if (before && before.publicKey !== publicKey) {
        throw new StatementForged(
          party,
          `entry ${index} gives ${epoch} another key than entry ${before.saidAt}`,
        );
      }
      if (before?.destroyedAt !== undefined) {
        throw new StatementForged(party, `entry ${index} has ${epoch} again, which was destroyed`);
      }
      if (!before) known.set(epoch, { publicKey, saidAt: index, destroyedAt: undefined });
    }
    for (const epoch of destroyed) {
      const before = known.get(epoch);
      if (before?.destroyedAt === undefined) {
        const first = before ?? { publicKey: '', saidAt: index };
        known.set(epoch, { ...first, destroyedAt: index });
      }
    }
  }
  const all = [...new Set([...shares.hub.keys(), ...shares.trustee.keys()])].sort();
  return all.map((epoch) => {
    const [hub, trustee] = [shares.hub.get(epoch), shares.trustee.get(epoch)];
    const gone = [hub, trustee].filter((share) => share?.destroyedAt !== undefined).length;
    return { epoch, state: STATES[gone] ?? 'living', hub, trustee };
  });
}

/**
 * Holds the keys that this member was shown against those in the log. An epoch that is not in it yet is left out: its
 * statement follows within a minute.
 * @throws {KeyMismatch}
 */
export function requireLogged(
  party: Party,
  history: readonly EpochHistory[],
  shown: Readonly<Record<string, string>>,
): void {
  for (const { epoch, [party]: share } of history) {
    // A share that was destroyed before the log began has no key in it.
    const [logged = '', seen] = [share?.publicKey, shown[epoch]];
    if (logged !== '' && seen !== undefined && logged !== seen) {
      throw new KeyMismatch(party, epoch, 'this member was shown another one than the log holds');
    }
  }
}

const STATES = ['living', 'destroyed by one', 'destroyed'] as const;
