/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// The keys that were found good and what each member asked, in memory that all threads see.
import { KeyTable, sharedWords } from '@sekisho/zone';

/** The length of the key labels that the hub makes; others are only known to the ordinary path. */
export const KEY_LABEL_BYTES = 32;
const KEY_WORDS = KEY_LABEL_BYTES / 4;
/** A minute's counts are taken long before their place is used again: they are taken every 20 seconds. */
export const KEPT_MINUTES = 8;
/** Answered and refused. */
const CELLS = 2;

/** What another thread needs: arrays that a message shares and does not copy. */
export interface SharedMembers {
  readonly labels: Uint32Array;
  readonly counts: Uint32Array;
  readonly quota: number | undefined;
}

/** Where a member counts in `counts` for the minute: answered, and behind it refused. */
export const cellOf = (slot: number, minute: number): number =>
  (slot * KEPT_MINUTES + (minute % KEPT_MINUTES)) * CELLS;

/** Reads a label of KEY_LABEL_BYTES octets at bytes[at…], upper or lower case. */
export function readLabel(bytes: Uint8Array, at: number, words: Uint32Array): void {
  for (let i = 0; i < KEY_WORDS; i++) {
    let word = 0;
    for (let j = 0; j < 4; j++) {
      const octet = bytes[at + i * 4 + j]!;
      word = (word << 8) | (octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet);
    }
    words[i] = word;
  }
}

/** The writer's side. A slot belongs to one member for the life of the process. */
export class MemberTallies {
  private labels = KeyTable.create(KEY_WORDS);
  private counts: Uint32Array;
  private readonly words = new Uint32Array(KEY_WORDS);
  private layout = this.labels.layout;
  private readonly members: string[] = [];
  private readonly slots = new Map<string, number>();
  private onMove: (shared: SharedMembers) => void = () => undefined;

  constructor(
    private readonly quota: number | undefined,
    capacity = 1024,
  ) {
    this.counts = sharedWords(capacity * KEPT_MINUTES * CELLS);
  }

  get shared(): SharedMembers {
    return { labels: this.labels.shared, counts: this.counts, quota: this.quota };
  }

  /** Told whenever `shared` has another array. */
  watch(onMove: (shared: SharedMembers) => void): void {
    this.onMove = onMove;
  }

  slotOf(member: string): number {
    const there = this.slots.get(member);
    if (there !== undefined) return there;
    const slot = this.members.push(member) - 1;
    this.slots.set(member, slot);
    if (cellOf(slot, KEPT_MINUTES - 1) >= this.counts.length) {
      // What other threads count until they have the new array is lost: some answers of one batch.
      const grown = sharedWords(this.counts.length * 2);
      grown.set(this.counts);
      this.counts = grown;
      this.onMove(this.shared);
    }
    return slot;
  }

  /** Other threads may admit this label of a member from now on. */
  admit(label: string, slot: number): void {
    if (label.length !== KEY_LABEL_BYTES) return;
    readLabel(Buffer.from(label, 'latin1'), 0, this.words);
    this.labels.set(this.words, 0, slot + 1);
    if (this.labels.layout !== this.layout) this.onMove(this.shared);
    this.layout = this.labels.layout;
  }

  /** No label is admitted by any thread from here on, whichever array it reads. */
  revokeAll(): void {
    const keys: number[] = [];
    this.labels.forEach((words, at) => keys.push(...words.subarray(at, at + KEY_WORDS)));
    for (let at = 0; at < keys.length; at += KEY_WORDS) {
      this.labels.delete(Uint32Array.from(keys.slice(at, at + KEY_WORDS)));
    }
    this.labels = KeyTable.create(KEY_WORDS);
    this.layout = this.labels.layout;
    this.onMove(this.shared);
  }

  /** Counts one query. False when it is over the quota. */
  count(slot: number, minute: number): boolean {
    const cell = cellOf(slot, minute);
    const isOver = this.quota !== undefined && Atomics.load(this.counts, cell) >= this.quota;
    Atomics.add(this.counts, cell + (isOver ? 1 : 0), 1);
    return !isOver;
  }

  /** Takes the counts of the minutes before this one away. */
  *take(minute: number): Generator<{ member: string; minute: number; answered: number; refused: number }> {
    for (const [slot, member] of this.members.entries()) {
      for (let past = Math.max(0, minute - KEPT_MINUTES + 1); past < minute; past++) {
        const cell = cellOf(slot, past);
        const answered = Atomics.exchange(this.counts, cell, 0);
        const refused = Atomics.exchange(this.counts, cell + 1, 0);
        if (answered + refused > 0) yield { member, minute: past, answered, refused };
      }
    }
  }
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
