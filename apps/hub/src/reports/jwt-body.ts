import { RequestRefused } from '../problems/errors.js';

/** The body of a request of type application/jwt. @throws {RequestRefused} media-type-unsupported */
export function requireJwt(body: unknown): string {
  if (typeof body !== 'string') {
    throw new RequestRefused(
      'media-type-unsupported',
      'Content-Type must be application/jwt and the body a compact JWS',
    );
  }
  return body.trim();
}
