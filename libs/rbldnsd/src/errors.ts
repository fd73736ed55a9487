/** Where and why a line was not taken as it stands. The rest of the file is. */
export interface LineFault {
  readonly file: string;
  /** From 1; 0 for a fault of the file as a whole. */
  readonly line: number;
  readonly reason: string;
}

/** A data file that must not be used at all: nothing of its dataset was taken. */
export class DatasetRefused extends Error {
  override readonly name = 'DatasetRefused';
  readonly code = 'dataset-refused';
  readonly kind = 'Rejected';
  constructor(
    readonly file: string,
    /** From 1; 0 for a fault of the file as a whole. */
    readonly line: number,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(line > 0 ? `${file}:${line}: ${reason}` : `${file}: ${reason}`, options);
  }
}

/** A zone specification that cannot be read. */
export class ZoneSpecInvalid extends Error {
  override readonly name = 'ZoneSpecInvalid';
  readonly code = 'zone-spec-invalid';
  readonly kind = 'Rejected';
  constructor(
    readonly spec: string,
    reason: string,
  ) {
    super(`${JSON.stringify(spec)}: ${reason}. Example: bl.example:ip4set:/var/lib/bl/ip`);
  }
}
