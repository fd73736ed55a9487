import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { verifyRotation } from '@sekisho/auth';
import { registeredKey } from '@sekisho/evaluation';
import { z } from 'zod';
import { TrusteePlatform } from '../platform/platform.js';
import { kidOf } from './key-id.js';

const rotationSchema = z.object({ rotation: z.string().max(16_384) });

@Controller('members')
export class MembersController {
  constructor(private readonly platform: TrusteePlatform) {}

  /**
   * A member that the register knows vouches for its new key with the old one. The old one stays until the trustee's
   * operator removes it: requests that were signed before are still on their way.
   */
  @Post('keys')
  @HttpCode(200)
  async rotate(@Body() body: unknown) {
    const { platform } = this;
    const { rotation } = rotationSchema.catch({ rotation: '' }).parse(body);
    await platform.members.refreshFor(kidOf(rotation));
    const { memberId, keys } = await verifyRotation(rotation, platform.members.find, {
      ...{ audience: platform.id, now: platform.now().getTime() },
    });
    const isNew = await platform.register.add(await registeredKey(memberId, keys.sig.jwk));
    platform.members.readAgain();
    platform.logger.info({ memberId, kid: keys.sig.kid, isNew }, 'a member replaced its key');
    return { signingKid: keys.sig.kid };
  }
}
