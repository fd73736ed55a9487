// How a log asks a witness to sign its checkpoint: https://c2sp.org/tlog-witness, section add-checkpoint
import { LogRefused } from './errors.js';
import { HASH_BYTES } from './hash.js';
import { fromBase64, toBase64 } from './note.js';
import type { Proof } from './proof.js';

/** What the log sends: the size that the witness signed last, the proof from there, and the checkpoint, a signed note. */
export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: Proof;
  readonly note: string;
}

/** A proof of a tree of 2^53 leaves has fewer. */
const MAX_PROOF_HASHES = 63;

export const encodeAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string =>
  [`old ${oldSize}`, ...proof.map(toBase64), '', note].join('\n');

/** @throws {LogRefused} note-malformed */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const malformed = (what: string) =>
    new LogRefused('note-malformed', `not a request to add a checkpoint: ${what}`);
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed('no empty line before the checkpoint');
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  const [, decimal = ''] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const oldSize = Number(decimal);
  if (decimal === '' || !Number.isSafeInteger(oldSize)) throw malformed('its first line is `old` and a size');
  if (lines.length > MAX_PROOF_HASHES) throw malformed(`a proof of more than ${MAX_PROOF_HASHES} hashes`);
  const proof = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) throw malformed('a line of the proof is no hash in base64');
    return hash;
  });
  return { oldSize, proof, note: text.slice(end + 2) };
}
