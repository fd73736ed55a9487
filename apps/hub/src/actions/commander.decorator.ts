import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Role } from '@sekisho/access';
import { ANONYMOUS } from '@sekisho/auth';
import type { Commander } from '@sekisho/persistence';
import { requestOf } from '../access/request.js';

/** May schedule and roll back what others proposed, and act in an emergency. */
const OFFICERS: readonly Role[] = ['reviewer'];

/** The member that the guard let through, and whether it speaks with an officer's rights. */
export const CurrentCommander = createParamDecorator((_: unknown, context: ExecutionContext): Commander => {
  const { memberId, role } = requestOf(context).sekishoCaller ?? ANONYMOUS;
  if (memberId === undefined) throw new Error('an operation for members was reached without one');
  return { memberId, isOfficer: OFFICERS.includes(role) };
});
