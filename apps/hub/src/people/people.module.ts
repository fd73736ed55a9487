import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { DemoController } from './demo.controller.js';
import { SessionController } from './session.controller.js';
import { SessionView } from './session-view.service.js';
import { SignIn } from './sign-in.service.js';

@Module({
  imports: [MembersModule],
  controllers: [SessionController, DemoController],
  providers: [SessionView, SignIn],
})
export class PeopleModule {}
