// How far a replica is behind, told without trusting a clock or the replica itself: one whose link is cut believes that it
// has everything. What the primary had written is noted with the moment, and the replica is as old as the last note that it
// has reached.

interface Note {
  readonly atMs: number;
  /** Position in the write-ahead log, in bytes. */
  readonly position: number;
}

export class LagMeter {
  private notes: Note[] = [];

  /** Lags are not told apart above this one. */
  constructor(private readonly mostMs: number) {}

  /** The primary's log had reached `position` at the moment `atMs` of a monotonic clock. */
  note(atMs: number, position: number): void {
    // Positions go back when another server has become the primary: what was noted of the old one says nothing.
    if ((this.notes.at(-1)?.position ?? 0) > position) this.notes = [];
    this.notes = this.notes.filter((note) => atMs - note.atMs <= this.mostMs);
    this.notes.push({ atMs, position });
  }

  /** Milliseconds by which a replica is behind that has replayed up to `position`; Infinity: more than are kept. */
  lagMs(nowMs: number, position: number): number {
    const reached = this.notes.findLast((note) => note.position <= position);
    if (!reached) return Infinity;
    return reached === this.notes.at(-1) ? 0 : nowMs - reached.atMs;
  }
}
