// What clusters keep of each fingerprint, in typed arrays, and how alike two or two groups of them are.
import type { Fingerprint } from './fingerprint.js';
import { isNear, KIND_NUMBER } from './link-rule.js';
import { SketchTable } from './sketch-table.js';

export class FingerprintTable {
  readonly table: SketchTable;
  /** As KIND_NUMBER. */
  readonly kinds: Uint8Array;
  readonly sizes: Uint8Array;
  /** First 32 bits of the digest of the attachments; 0: none. */
  readonly attachments: Uint32Array;

  constructor(capacity: number) {
    this.table = new SketchTable(capacity);
    this.kinds = new Uint8Array(capacity);
    this.sizes = new Uint8Array(capacity);
    this.attachments = new Uint32Array(capacity);
  }

  get bytes(): number {
    return this.table.bytes + this.kinds.byteLength + this.sizes.byteLength + this.attachments.byteLength;
  }

  set(slot: number, fingerprint: Fingerprint): void {
    this.table.set(slot, fingerprint.sketch);
    this.kinds[slot] = KIND_NUMBER[fingerprint.kind];
    this.sizes[slot] = fingerprint.sizeClass;
    this.attachments[slot] = fingerprint.attachmentsDigest
      ? Number.parseInt(fingerprint.attachmentsDigest.slice(0, 8), 16) || 1
      : 0;
  }

  move(from: number, to: number): void {
    this.table.move(from, to);
    this.kinds[to] = this.kinds[from] ?? 0;
    this.sizes[to] = this.sizes[from] ?? 0;
    this.attachments[to] = this.attachments[from] ?? 0;
  }

  isLinked(a: number, b: number): boolean {
    if (this.isSameFile(a, b)) return true;
    if (!this.hasText(a) || !this.hasText(b)) return false;
    if (this.table.isFar(a, b)) return false;
    this.table.compare(a, b);
    return isNear(this.table.pairs, this.table.runs, Math.min(this.sizes[a] ?? 0, this.sizes[b] ?? 0));
  }

  /** The same worm under little or no text; under a long text an attached logo or card says nothing. */
  isSameFile(a: number, b: number): boolean {
    return (
      this.attachments[a] !== 0 &&
      this.attachments[a] === this.attachments[b] &&
      this.kinds[a] !== KIND_NUMBER.text &&
      this.kinds[b] !== KIND_NUMBER.text
    );
  }

  hasText(slot: number): boolean {
    return this.kinds[slot] !== KIND_NUMBER.none;
  }

  /** Mean similarity of two groups; 0 when they are not near. */
  meanOf(ones: readonly number[], others: readonly number[]): number {
    let [pairs, runs, compared, smallest] = [0, 0, 0, 255];
    for (const one of ones) {
      if (!this.hasText(one)) continue;
      for (const other of others) {
        if (!this.hasText(other)) continue;
        this.table.compare(one, other);
        pairs += this.table.pairs;
        runs += this.table.runs;
        compared++;
        smallest = Math.min(smallest, this.sizes[one] ?? 0, this.sizes[other] ?? 0);
      }
    }
    return compared > 0 && isNear(pairs / compared, runs / compared, smallest) ? pairs / compared : 0;
  }

  /** Similarities of texts to one another, each to those before it, as spread.ts takes them. */
  similaritiesOf(texts: readonly number[]): number[] {
    const similarities: number[] = [];
    for (let a = 1; a < texts.length; a++) {
      for (let b = 0; b < a; b++) similarities.push(this.table.pairsOf(texts[a] ?? 0, texts[b] ?? 0));
    }
    return similarities;
  }
}
