import { Scalar, type CustomScalar } from '@nestjs/graphql';

export abstract class BlurredCount {}

/** Below this many members a count could point at one of them. */
const K = 3;

@Scalar('BlurredCount', () => BlurredCount)
export class BlurredCountScalar implements CustomScalar<number | string, number> {
  description = `A number of members, or "fewer than ${K}"`;

  parseValue(): number {
    throw new Error('BlurredCount is output only');
  }

  parseLiteral(): number {
    throw new Error('BlurredCount is output only');
  }

  serialize(value: unknown): number | string {
    const count = Number(value);
    return count < K ? `fewer than ${K}` : count;
  }
}
