import { Module } from '@nestjs/common';
import { CalibrationResolver } from './calibration.resolver.js';
import { ModelQualityResolver } from './model-quality.resolver.js';

@Module({ providers: [CalibrationResolver, ModelQualityResolver] })
export class QualityModule {}
