// Inclusion and consistency: RFC 9162 sections 2.1.3 and 2.1.4.
import { LogRefused } from './errors.js';
import { isSameHash, nodeHash, type Hash } from './hash.js';
import { readSubtree, type ReadTile } from './tile.js';

export type Proof = readonly Hash[];

const isPowerOfTwo = (n: number) => n > 0 && 2 ** Math.round(Math.log2(n)) === n;

/** The largest power of two smaller than `n`. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const wrong = (what: string) => new LogRefused('proof-wrong', what);

/** Makes proofs about the tree of `size` leaves whose tiles `read` gives. */
export class Prover {
  constructor(
    private readonly size: number,
    private readonly read: ReadTile,
  ) {}

  /** The root of all leaves. */
  root(): Promise<Hash> {
    return this.rangeRoot(0, this.size);
  }

  /** PATH(index, D[size]). @throws {LogRefused} tree-too-small */
  async inclusion(index: number): Promise<Proof> {
    if (!(index >= 0 && index < this.size)) {
      throw new LogRefused('tree-too-small', `leaf ${index} is not in a tree of ${this.size}`);
    }
    const path: Promise<Hash>[] = [];
    for (let low = 0, high = this.size; high - low > 1;) {
      const middle = low + splitOf(high - low);
      if (index < middle) {
        path.push(this.rangeRoot(middle, high));
        high = middle;
      } else {
        path.push(this.rangeRoot(low, middle));
        low = middle;
      }
    }
    return Promise.all(path.reverse());
  }

  /** PROOF(first, D[size]): that the tree of `first` leaves is the beginning of this one. @throws {LogRefused} tree-too-small */
  async consistency(first: number): Promise<Proof> {
    if (!(first >= 0 && first <= this.size)) {
      throw new LogRefused('tree-too-small', `a tree of ${this.size} cannot continue one of ${first}`);
    }
    if (first === 0 || first === this.size) return [];
    const path: Promise<Hash>[] = [];
    let low = 0;
    let high = this.size;
    // Down along the old tree's right edge, until a subtree is all of the old tree's rest.
    while (first < high) {
      const middle = low + splitOf(high - low);
      if (first <= middle) {
        path.push(this.rangeRoot(middle, high));
        high = middle;
      } else {
        path.push(this.rangeRoot(low, middle));
        low = middle;
      }
    }
    // The verifier knows the old root itself.
    if (low > 0) path.push(this.rangeRoot(low, high));
    return Promise.all(path.reverse());
  }

  private async rangeRoot(low: number, high: number): Promise<Hash> {
    const width = high - low;
    if (isPowerOfTwo(width))
      return readSubtree(this.size, Math.round(Math.log2(width)), low / width, this.read);
    const middle = low + splitOf(width);
    const [left, right] = await Promise.all([this.rangeRoot(low, middle), this.rangeRoot(middle, high)]);
    return nodeHash(left, right);
  }
}

/** That `leaf` is number `index` of the tree (RFC 9162 section 2.1.3.2). @throws {LogRefused} proof-wrong */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: Proof, root: Hash): void {
  if (!(index >= 0 && index < size)) throw wrong(`leaf ${index} is not in a tree of ${size}`);
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const step of proof) {
    if (sn === 0) throw wrong('the inclusion proof is too long');
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = nodeHash(hash, step);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw wrong('the inclusion proof is too short');
  if (!isSameHash(hash, root)) throw wrong(`leaf ${index} is not in the tree with this root`);
}

/** A tree as it was published: its size and root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** That `second` only added to `first` (RFC 9162 section 2.1.4.2). @throws {LogRefused} proof-wrong */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: Proof): void {
  const rewritten = () => wrong(`history was rewritten between ${first.size} and ${second.size} leaves`);
  if (first.size > second.size) throw wrong(`the log shrank from ${first.size} to ${second.size} leaves`);
  if (first.size === second.size || first.size === 0) {
    if (proof.length > 0) throw wrong('a consistency proof where none is needed');
    if (first.size === second.size && !isSameHash(first.root, second.root)) throw rewritten();
    return;
  }
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : [...proof];
  const start = path.shift();
  if (!start) throw wrong('the consistency proof is empty');
  let fn = first.size - 1;
  let sn = second.size - 1;
  while (fn % 2 === 1) {
    fn = (fn - 1) / 2;
    sn = Math.floor(sn / 2);
  }
  let [old, now] = [start, start];
  for (const step of path) {
    if (sn === 0) throw wrong('the consistency proof is too long');
    if (fn % 2 === 1 || fn === sn) {
      old = nodeHash(step, old);
      now = nodeHash(step, now);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      now = nodeHash(now, step);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw wrong('the consistency proof is too short');
  if (!isSameHash(old, first.root) || !isSameHash(now, second.root)) throw rewritten();
}
