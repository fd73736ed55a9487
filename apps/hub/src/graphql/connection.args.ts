import { ArgsType, Field, Int } from '@nestjs/graphql';
import { RequestRefused } from '../problems/errors.js';

const MAX_PAGE = 1_000;

@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, { defaultValue: 50, description: `1 to ${MAX_PAGE}` })
  first!: number;

  // Clients that walk a list with a variable say null for its first page.
  @Field(() => String, { nullable: true, description: 'endCursor of the page before' })
  after?: string | null;
}

/** @param most for lists whose items are large @throws {RequestRefused} request-malformed */
export function readPage(
  { first, after }: ConnectionArgs,
  most = MAX_PAGE,
): { first: number; after: string | undefined } {
  if (first < 1 || first > most) {
    throw new RequestRefused('request-malformed', `first must be 1 to ${most}, not ${first}`);
  }
  return { first, after: typeof after === 'string' ? Buffer.from(after, 'base64url').toString() : undefined };
}
