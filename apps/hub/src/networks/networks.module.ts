import { Module } from '@nestjs/common';
import { NetworksResolver } from './networks.resolver.js';

@Module({ providers: [NetworksResolver] })
export class NetworksModule {}
