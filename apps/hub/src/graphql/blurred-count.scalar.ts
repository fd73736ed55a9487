import { Scalar, type CustomScalar } from '@nestjs/graphql';
import { Platform } from '../platform/platform.js';
import { blurredBelow } from '../privacy/minimisation.js';

export abstract class BlurredCount {}

@Scalar('BlurredCount', () => BlurredCount)
export class BlurredCountScalar implements CustomScalar<number | string, number> {
  description = 'A number, or "fewer than 3" where it is below the threshold of this federation (3 or more)';

  constructor(private readonly platform: Platform) {}

  parseValue(): number {
    throw new Error('BlurredCount is output only');
  }

  parseLiteral(): number {
    throw new Error('BlurredCount is output only');
  }

  serialize(value: unknown): number | string {
    return blurredBelow(Number(value), this.platform.config.privacyK);
  }
}
