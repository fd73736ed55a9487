/** A snapshot that is cut off, altered, of another format or inconsistent in itself. Nothing of it was used. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
  readonly code = 'snapshot-damaged';
  readonly kind = 'Rejected';
  constructor(readonly reason: string) {
    super(`zone snapshot not usable: ${reason}`);
  }
}

/** A delta that does not continue the zone's serial, is of another zone or cannot be in it. Nothing was changed. */
export class DeltaRejected extends Error {
  override readonly name = 'DeltaRejected';
  readonly code = 'delta-rejected';
  readonly kind = 'Rejected';
  constructor(readonly reason: string) {
    super(`zone delta not applied: ${reason}`);
  }
}
