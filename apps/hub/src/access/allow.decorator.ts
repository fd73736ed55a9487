import { SetMetadata } from '@nestjs/common';
import type { Operation } from '@sekisho/access';

export const OPERATION = 'sekisho:operation';

/** Names the operation of a route or resolver. Without it the guard refuses everybody. */
export const Allow = (operation: Operation) => SetMetadata(OPERATION, operation);
