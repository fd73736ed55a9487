import { reasonSchema } from '@sekisho/workgroup';
import { z } from 'zod';
import { RequestRefused } from '../problems/errors.js';

const cursorSchema = z.tuple([z.iso.datetime().pipe(z.coerce.date()), z.uuid()]);

/** @throws {RequestRefused} request-malformed */
export function readCursor(text: string): { proposedAt: Date; id: string } {
  const parsed = cursorSchema.safeParse(text.split(' '));
  if (!parsed.success) throw new RequestRefused('request-malformed', 'after is not the endCursor of a page');
  const [proposedAt, id] = parsed.data;
  return { proposedAt, id };
}

/** @throws {RequestRefused} request-malformed */
export function readActionId(text: string): string {
  if (z.uuid().safeParse(text).success) return text;
  throw new RequestRefused('request-malformed', 'id: not the id of an action');
}

/** @throws {RequestRefused} request-malformed */
export function readReason(text: string): string {
  const parsed = reasonSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RequestRefused('request-malformed', 'reason: 1 to 4,000 characters, without control characters');
}
