export {
  ENTRY_BYTES,
  ENTRY_KINDS,
  encodeEntry,
  reportEntry,
  saltedEntry,
  SALT_BYTES,
  statementEntry,
  type DecisionKind,
  type EntryKind,
} from './entry.js';
export { LogRefused, type LogErrorCode } from './errors.js';
export {
  append,
  decodeFrontier,
  EMPTY_FRONTIER,
  encodeFrontier,
  rootOf,
  TILE_HASHES,
  type Frontier,
  type TileGrowth,
} from './frontier.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash, type Hash } from './hash.js';
export {
  cosignatureLine,
  encodeCheckpoint,
  encodeVerifierKey,
  NOTE_COSIGNATURE,
  NOTE_ED25519,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signNote,
  verifyNote,
  type Checkpoint,
  type Note,
  type NoteKey,
  type Sign,
  type Verify,
} from './note.js';
export { Prover, verifyConsistency, verifyInclusion, type Proof, type TreeHead } from './proof.js';
export { encodeAddCheckpoint, parseAddCheckpoint, type AddCheckpoint } from './witness.js';
export { parseTilePath, tileNumber, tilePath, tileWidth, type ReadTile, type Tile } from './tile.js';
