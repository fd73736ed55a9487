import { RCODE, type Reply } from '@sekisho/dns-wire';
import type { AnswerKind } from '../access/rate-table.js';

/** Which rate an answer counts against. */
export function kindOf({ rcode, answers }: Reply): AnswerKind {
  if (rcode === RCODE.NXDOMAIN) return 'nxdomains';
  if (rcode !== RCODE.NOERROR) return 'errors';
  return answers.length > 0 ? 'responses' : 'nodata';
}
