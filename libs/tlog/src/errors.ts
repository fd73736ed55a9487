export type LogErrorCode =
  | 'proof-wrong'
  | 'tree-too-small'
  | 'tile-malformed'
  | 'note-malformed'
  | 'note-unsigned'
  | 'checkpoint-malformed';

/** A log, or what claims to be part of one, is not what it must be. Nothing of it may be believed. */
export class LogRefused extends Error {
  override readonly name = 'LogRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: LogErrorCode,
    message: string,
  ) {
    super(message);
  }
}
