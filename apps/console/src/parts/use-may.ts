import { isAllowed, type Operation, type Role } from '@sekisho/access';
import { useSession } from '../session/session-store.ts';

/** Whether this person's role may do it. What is not shown here the hub refuses all the same. */
export const useMay = (operation: Operation): boolean =>
  isAllowed(useSession().person.role as Role, operation);
