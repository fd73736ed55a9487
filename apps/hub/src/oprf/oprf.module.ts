import { Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { KeyStatementsService } from './key-statements.service.js';
import { OprfController } from './oprf.controller.js';
import { OprfService } from './oprf.service.js';

@Module({
  imports: [MembersModule],
  controllers: [OprfController],
  providers: [OprfService, KeyStatementsService],
  exports: [OprfService],
})
export class OprfModule {}
