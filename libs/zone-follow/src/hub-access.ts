/** With what a follower of zones shows the hub who it is. */
export interface HubAccess {
  /** A token for now. Rejects when the hub gives none. */
  token(): Promise<string>;
  /** The hub refused the token. True: another one may be had, ask once more. */
  renew(refused: string): boolean;
  /** What an operator can do about a refusal. */
  readonly remedy: string;
}

/** The operator's own edges, which share one token with the hub. */
export const edgeAccess = (edgeToken: string): HubAccess => ({
  token: () => Promise.resolve(edgeToken),
  renew: () => false,
  remedy: 'the file keys/edge.token in SEKISHO_DATA_DIR must be the same here and at the hub',
});
