/** A zone that a format has no way to write. */
export class NotExportable extends Error {
  override readonly name = 'NotExportable';
  readonly code = 'not-exportable';
  readonly kind = 'Rejected';
}
