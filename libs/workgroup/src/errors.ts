export type ActionErrorCode =
  | 'action-unknown'
  | 'action-malformed'
  | 'action-state'
  | 'action-changed'
  | 'not-entitled'
  | 'not-an-elector'
  | 'recused'
  | 'conduct-not-accepted'
  | 'vote-cast'
  | 'vote-over'
  | 'schedule-refused'
  | 'delegation-refused'
  | 'result-malformed'
  | 'result-not-authentic';

/** What a member asked for is against the rules of the working group, and nothing was changed. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
  readonly kind = 'Rejected';
  constructor(
    readonly code: ActionErrorCode,
    message: string,
  ) {
    super(message);
  }
}
