import { Module } from '@nestjs/common';
import { EnrolmentController } from './enrolment.controller.js';
import { MemberRegister } from './member-register.service.js';
import { MembersResolver } from './members.resolver.js';
import { TokenController } from './token.controller.js';

@Module({
  controllers: [EnrolmentController, TokenController],
  providers: [MemberRegister, MembersResolver],
  exports: [MemberRegister],
})
export class MembersModule {}
