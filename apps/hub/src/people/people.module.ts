import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { MembersModule } from '../members/members.module.js';
import { ActionRecorder } from './action-recorder.js';
import { DemoController } from './demo.controller.js';
import { Passkeys } from './passkeys.service.js';
import { PeopleResolver } from './people.resolver.js';
import { SessionController } from './session.controller.js';
import { SessionView } from './session-view.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.service.js';

@Module({
  imports: [MembersModule],
  controllers: [SessionController, SignInController, DemoController],
  providers: [
    ...[SessionView, SignIn, Passkeys, PeopleResolver],
    { provide: APP_INTERCEPTOR, useClass: ActionRecorder },
  ],
})
export class PeopleModule {}
