/** The hub did not give what was asked for: not reachable, refused, or not understood. Try again later. */
export class HubUnavailable extends Error {
  override readonly name = 'HubUnavailable';
  readonly code = 'hub-unavailable';
  readonly kind = 'Unavailable';
}
