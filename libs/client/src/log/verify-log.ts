import {
  HASH_BYTES,
  leafHash,
  LogRefused,
  Prover,
  reportEntry,
  TILE_HASHES,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from '@sekisho/tlog';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HubDescription } from '../discovery.js';
import { HubAnswerInvalid } from '../errors.js';
import { readPrivateJson, replacePrivateJson } from '../private-file.js';
import type { ClientRuntime } from '../runtime.js';
import { openCheckpoint, PublishedLog, type LogIdentity, type VerifiedCheckpoint } from './published-log.js';
import { proveDecisions, type ProvedDecision, type ToldDecisions } from './prove-decisions.js';
import { ReceiptBook, type KeptReceipt } from './receipt-book.js';

const stateSchema = z.object({
  version: z.literal(1),
  origin: z.string(),
  key: z.string(),
  checkpoint: z.string(),
  /** Bytes of the receipt book whose receipts were proved. */
  provedBytes: z.int().min(0),
});
type LogState = z.output<typeof stateSchema>;

/** The hub publishes within a second; after this time an acknowledged report that is not in the log is a broken promise. */
const MERGE_DELAY_MS = 10 * 60_000;

export interface LogVerification {
  readonly origin: string;
  /** Entries in the checkpoint now, and in that of the last visit. */
  readonly size: number;
  readonly previousSize: number | undefined;
  readonly root: string;
  readonly witnesses: readonly string[];
  /** Receipts and reports that were proved to be in the log in this visit. */
  readonly provedReceipts: number;
  readonly provedReports: number;
  /** Receipts that are younger than the last checkpoint. */
  readonly pendingReceipts: number;
  /** What was told and is in the log, in the order of `told`. */
  readonly decisions: readonly (readonly ProvedDecision[])[];
}

export interface VerifyLogOptions {
  /** The member's directory. */
  readonly directory: string;
  readonly hub: HubDescription;
  readonly runtime: ClientRuntime;
  /** Also what earlier visits proved already. */
  readonly isAll?: boolean;
  /** Decisions to be proved with the same checkpoint. */
  readonly told?: readonly ToldDecisions[];
}

/**
 * Proves that the log only grew since the last visit and that it holds every report of the member's receipts, and remembers
 * the checkpoint for the next visit. The log's key is taken at the first visit, and never another one afterwards.
 * @throws {LogRefused} when anything is not as it must be: the hub has broken its word, or somebody stands in between
 * @throws {HubUnreachable | HubRefused | HubAnswerInvalid}
 */
export async function verifyLog(options: VerifyLogOptions): Promise<LogVerification> {
  const { directory, hub, runtime, isAll = false, told = [] } = options;
  const { log } = hub;
  if (!log || hub.endpoints.log === undefined)
    throw new HubAnswerInvalid(hub.hub, 'it has no transparency log');
  const path = join(directory, 'log', 'state.json');
  const state = await readPrivateJson(path, stateSchema);
  const identity = identityOf(log, state);
  const published = new PublishedLog(hub.endpoints.log, runtime);
  const shown = await openCheckpoint(await published.checkpoint(), identity);
  const previous = state && (await openCheckpoint(state.checkpoint, identity));
  // A cache may show an older checkpoint than the last visit saw: both must be of one history all the same.
  const [older, now] = previous && previous.size > shown.size ? [shown, previous] : [previous, shown];
  const prover = new Prover(now.size, published.readTile);
  if (older) verifyConsistency(older, now, await prover.consistency(older.size));
  const book = new ReceiptBook(directory);
  const { receipts } = await book.read(isAll ? 0 : (state?.provedBytes ?? 0));
  const isIn = ({ receipt }: { receipt: KeptReceipt }) => endOf(receipt) <= now.size;
  const firstOutside = receipts.findIndex((kept) => !isIn(kept));
  const inside = receipts.filter(isIn);
  for (const { receipt } of receipts) {
    if (isIn({ receipt }) || runtime.now() - receipt.at < MERGE_DELAY_MS) continue;
    throw new LogRefused(
      'proof-wrong',
      `receipt ${receipt.receiptId} was acknowledged, and is not in the log`,
    );
  }
  const provedReports = await proveReceipts(
    inside.map(({ receipt }) => receipt),
    now,
    prover,
    published,
  );
  const decisions: ProvedDecision[][] = [];
  for (const one of told) decisions.push(await proveDecisions(one, now, prover));
  const proved = firstOutside < 0 ? receipts : receipts.slice(0, firstOutside);
  const next: LogState = {
    version: 1,
    origin: identity.origin,
    key: identity.key,
    checkpoint: now.note,
    provedBytes: proved.at(-1)?.endsAt ?? state?.provedBytes ?? 0,
  };
  await mkdir(join(directory, 'log'), { recursive: true, mode: 0o700 });
  await replacePrivateJson(path, next, runtime.randomId());
  return {
    origin: now.origin,
    size: now.size,
    previousSize: previous?.size,
    root: Buffer.from(now.root).toString('base64'),
    witnesses: now.witnesses,
    provedReceipts: inside.length,
    provedReports,
    pendingReceipts: receipts.length - inside.length,
    decisions,
  };
}

function identityOf(log: LogIdentity, state: LogState | undefined): LogIdentity {
  if (state && (state.origin !== log.origin || state.key !== log.key)) {
    throw new LogRefused(
      'note-unsigned',
      `the log has another name or key than at the last visit: ${log.key}`,
    );
  }
  return log;
}

const reportsOf = ({ items }: KeptReceipt) => items.reduce((sum, [, count]) => sum + count, 0);
const endOf = (receipt: KeptReceipt) => receipt.index + reportsOf(receipt);

/**
 * One inclusion proof for each tile proves all its leaves at once: every hash in the tile goes into the proof of any of them.
 * @returns the number of reports that were found where the receipts say
 */
async function proveReceipts(
  receipts: readonly KeptReceipt[],
  head: VerifiedCheckpoint,
  prover: Prover,
  published: PublishedLog,
): Promise<number> {
  const proved = new Map<number, Uint8Array>();
  let reports = 0;
  for (const receipt of receipts) {
    const salt = Buffer.from(receipt.salt, 'base64url');
    const digest = Buffer.from(receipt.digest, 'base64url');
    let index = receipt.index;
    for (const [first, count] of receipt.items) {
      for (let item = first; item < first + count; item++, index++) {
        const number = Math.floor(index / TILE_HASHES);
        let tile = proved.get(number);
        if (!tile) {
          tile = await proveTile(number, head, prover, published);
          proved.set(number, tile);
        }
        const at = (index % TILE_HASHES) * HASH_BYTES;
        const leaf = leafHash(reportEntry(salt, digest, item));
        if (Buffer.compare(tile.subarray(at, at + HASH_BYTES), leaf) !== 0) {
          throw new LogRefused(
            'proof-wrong',
            `report ${item} of receipt ${receipt.receiptId} is not entry ${index} of the log`,
          );
        }
        reports += 1;
      }
    }
  }
  return reports;
}

async function proveTile(
  number: number,
  head: VerifiedCheckpoint,
  prover: Prover,
  published: PublishedLog,
): Promise<Uint8Array> {
  const width = tileWidth(head.size, 0, number);
  const tile = await published.readTile({ level: 0, index: number, width });
  const index = number * TILE_HASHES;
  verifyInclusion(tile.subarray(0, HASH_BYTES), index, head.size, await prover.inclusion(index), head.root);
  return tile;
}
