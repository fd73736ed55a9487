import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ANONYMOUS } from '@sekisho/auth';
import type { Commander } from '@sekisho/persistence';
import { requestOf } from '../access/request.js';

/** The member that the guard let through, and whether it speaks with an officer's rights. */
export const CurrentCommander = createParamDecorator((_: unknown, context: ExecutionContext): Commander => {
  const { memberId, personId, role } = requestOf(context).sekishoIdentified?.caller ?? ANONYMOUS;
  if (memberId === undefined) throw new Error('an operation for members was reached without one');
  // Of the people, officers; of the machines, those of members that review.
  return { memberId, isOfficer: personId === undefined ? role === 'reviewer' : role === 'officer' };
});
