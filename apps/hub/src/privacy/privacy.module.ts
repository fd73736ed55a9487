import { Global, Module } from '@nestjs/common';
import { MembersModule } from '../members/members.module.js';
import { OwnerView } from './owner-view.service.js';

/** Global, because whatever shows something has to ask. */
@Global()
@Module({ imports: [MembersModule], providers: [OwnerView], exports: [OwnerView] })
export class PrivacyModule {}
