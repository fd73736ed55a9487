import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MembersModule } from '../members/members.module.js';
import { AccessGuard } from './access.guard.js';
import { CallerService } from './caller.service.js';

@Global()
@Module({
  imports: [MembersModule],
  providers: [CallerService, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [CallerService],
})
export class AccessModule {}
