import { Module } from '@nestjs/common';
import { ModelQualityResolver } from './model-quality.resolver.js';

@Module({ providers: [ModelQualityResolver] })
export class QualityModule {}
