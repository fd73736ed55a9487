// The campaigns of a Clusters in typed arrays: which slots each holds, its number and its representatives. No object for
// each campaign or slot: a million of them would make the collector stop the stream.

const NONE = -1;
/** Members that stand for the campaign when a fingerprint asks to join. */
const REPRESENTATIVES = 8;
/** The first so many stay, so that a campaign does not drift; the newest take turns in the other places. */
const LASTING = 4;
/** How far a replacement is searched when a representative goes. */
const MAX_REPLACEMENT_WALK = 32;

export type Cell = number;

export class CampaignCells {
  private readonly cellOf: Int32Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly heads: Int32Array;
  private readonly sizes: Int32Array;
  private readonly numbers: Float64Array;
  private readonly representatives: Int32Array;
  private readonly representativeCounts: Uint8Array;
  private readonly free: Int32Array;
  private freeCount: number;
  private readonly places: Int32Array;
  private readonly mask: number;

  constructor(capacity: number) {
    this.cellOf = new Int32Array(capacity).fill(NONE);
    this.next = new Int32Array(capacity).fill(NONE);
    this.previous = new Int32Array(capacity).fill(NONE);
    this.heads = new Int32Array(capacity).fill(NONE);
    this.sizes = new Int32Array(capacity);
    this.numbers = new Float64Array(capacity);
    this.representatives = new Int32Array(capacity * REPRESENTATIVES).fill(NONE);
    this.representativeCounts = new Uint8Array(capacity);
    this.free = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.freeCount = capacity;
    const places = 2 ** Math.ceil(Math.log2(2 * Math.max(8, capacity)));
    this.places = new Int32Array(places).fill(NONE);
    this.mask = places - 1;
  }

  get bytes(): number {
    const ofSlots = this.cellOf.byteLength + this.next.byteLength + this.previous.byteLength;
    const ofCells = this.heads.byteLength + this.sizes.byteLength + this.numbers.byteLength;
    const standing = this.representatives.byteLength + this.representativeCounts.byteLength;
    return ofSlots + ofCells + standing + this.free.byteLength + this.places.byteLength;
  }

  cell(slot: number): Cell {
    return this.cellOf[slot] ?? NONE;
  }

  number(cell: Cell): number {
    return this.numbers[cell] ?? 0;
  }

  size(cell: Cell): number {
    return this.sizes[cell] ?? 0;
  }

  /** NONE (-1) for a number that no campaign has now. */
  find(number: number): Cell {
    for (let place = this.placeOf(number); ; place = (place + 1) & this.mask) {
      const cell = this.places[place] ?? NONE;
      if (cell === NONE || this.numbers[cell] === number) return cell;
    }
  }

  /** A new campaign without slots; there are as many cells as slots, so one is always free for a new slot. */
  open(number: number): Cell {
    const cell = this.free[--this.freeCount] ?? 0;
    this.heads[cell] = NONE;
    this.sizes[cell] = 0;
    this.representativeCounts[cell] = 0;
    this.name(cell, number);
    return cell;
  }

  join(cell: Cell, slot: number): void {
    this.link(cell, slot);
    const count = this.representativeCounts[cell] ?? 0;
    const from = cell * REPRESENTATIVES;
    if (count < REPRESENTATIVES) {
      this.representatives[from + count] = slot;
      this.representativeCounts[cell] = count + 1;
    } else {
      const turn = (this.sizes[cell] ?? 0) % (REPRESENTATIVES - LASTING);
      this.representatives[from + LASTING + turn] = slot;
    }
  }

  /** Takes a slot out and gives what is left of its campaign; an empty one is closed. */
  leave(slot: number): number {
    const cell = this.cell(slot);
    this.unlink(cell, slot);
    const left = this.sizes[cell] ?? 0;
    if (left === 0) this.close(cell);
    else this.replaceRepresentative(cell, slot);
    return left;
  }

  /** Both as one cell under the older number. The smaller is moved, so a slot moves at most log2(n) times. */
  merge(one: Cell, other: Cell): Cell {
    const number = Math.min(this.number(one), this.number(other));
    const [into, from] = this.size(one) >= this.size(other) ? [one, other] : [other, one];
    const older = this.standing(this.number(one) === number ? one : other);
    const younger = this.standing(this.number(one) === number ? other : one);
    for (let slot = this.heads[from] ?? NONE; slot !== NONE;) {
      const then = this.next[slot] ?? NONE;
      this.link(into, slot);
      slot = then;
    }
    this.close(from);
    if (this.number(into) !== number) {
      this.unname(into);
      this.name(into, number);
    }
    const half = REPRESENTATIVES / 2;
    const chosen = [
      ...older.slice(0, half),
      ...younger.slice(0, half),
      ...older.slice(half),
      ...younger.slice(half),
    ];
    this.stand(into, chosen.slice(0, REPRESENTATIVES));
    return into;
  }

  /** Replaces the representatives: for a campaign that is read back. */
  stand(cell: Cell, slots: readonly number[]): void {
    slots.forEach((slot, i) => (this.representatives[cell * REPRESENTATIVES + i] = slot));
    this.representativeCounts[cell] = slots.length;
  }

  standing(cell: Cell): number[] {
    const from = cell * REPRESENTATIVES;
    return [...this.representatives.subarray(from, from + (this.representativeCounts[cell] ?? 0))];
  }

  slots(cell: Cell): number[] {
    const found: number[] = [];
    for (let slot = this.heads[cell] ?? NONE; slot !== NONE; slot = this.next[slot] ?? NONE) found.push(slot);
    return found;
  }

  private link(cell: Cell, slot: number): void {
    const head = this.heads[cell] ?? NONE;
    this.next[slot] = head;
    this.previous[slot] = NONE;
    if (head !== NONE) this.previous[head] = slot;
    this.heads[cell] = slot;
    this.cellOf[slot] = cell;
    this.sizes[cell] = (this.sizes[cell] ?? 0) + 1;
  }

  private unlink(cell: Cell, slot: number): void {
    const [before, after] = [this.previous[slot] ?? NONE, this.next[slot] ?? NONE];
    if (before === NONE) this.heads[cell] = after;
    else this.next[before] = after;
    if (after !== NONE) this.previous[after] = before;
    this.cellOf[slot] = NONE;
    this.sizes[cell] = (this.sizes[cell] ?? 0) - 1;
  }

  private replaceRepresentative(cell: Cell, gone: number): void {
    const standing = this.standing(cell);
    const at = standing.indexOf(gone);
    if (at === -1) return;
    let slot = this.heads[cell] ?? NONE;
    for (let walked = 0; slot !== NONE && walked < MAX_REPLACEMENT_WALK; walked++) {
      if (!standing.includes(slot)) {
        this.representatives[cell * REPRESENTATIVES + at] = slot;
        return;
      }
      slot = this.next[slot] ?? NONE;
    }
    this.stand(
      cell,
      standing.filter((each) => each !== gone),
    );
  }

  private close(cell: Cell): void {
    this.unname(cell);
    this.free[this.freeCount++] = cell;
  }

  private name(cell: Cell, number: number): void {
    this.numbers[cell] = number;
    let place = this.placeOf(number);
    while (this.places[place] !== NONE) place = (place + 1) & this.mask;
    this.places[place] = cell;
  }

  /** Linear probing with backward shift (Knuth, TAOCP 3, 6.4, algorithm R): no mark stays behind. */
  private unname(cell: Cell): void {
    let hole = this.placeOf(this.number(cell));
    while (this.places[hole] !== cell) hole = (hole + 1) & this.mask;
    for (let place = (hole + 1) & this.mask; ; place = (place + 1) & this.mask) {
      const other = this.places[place] ?? NONE;
      if (other === NONE) break;
      const wanted = this.placeOf(this.number(other));
      if (((place - wanted) & this.mask) < ((place - hole) & this.mask)) continue;
      this.places[hole] = other;
      hole = place;
    }
    this.places[hole] = NONE;
  }

  private placeOf(number: number): number {
    const hash = Math.imul((number % 4_294_967_296) ^ (number / 4_294_967_296), 0x9e3779b1);
    return ((hash ^ (hash >>> 15)) >>> 0) & this.mask;
  }
}
