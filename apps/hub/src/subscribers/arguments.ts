import { z } from 'zod';
import { RequestRefused } from '../problems/errors.js';

const MAX_LISTED = 1_000;

/** @throws {RequestRefused} request-malformed */
export function readUuid(name: string, text: string): string {
  if (z.uuid().safeParse(text).success) return text.toLowerCase();
  throw new RequestRefused('request-malformed', `${name} must be a UUID`);
}

/** @throws {RequestRefused} request-malformed */
export function limited(first: number): number {
  if (first >= 1 && first <= MAX_LISTED) return first;
  throw new RequestRefused('request-malformed', `first must be 1 to ${MAX_LISTED}, not ${first}`);
}
