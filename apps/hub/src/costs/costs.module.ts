import { Module } from '@nestjs/common';
import { CostsResolver } from './costs.resolver.js';
import { MemberCosts } from './member-costs.service.js';

@Module({ providers: [CostsResolver, MemberCosts], exports: [MemberCosts] })
export class CostsModule {}
