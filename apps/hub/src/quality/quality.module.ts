import { Module } from '@nestjs/common';
import { CalibrationResolver } from './calibration.resolver.js';
import { ModelQualityResolver } from './model-quality.resolver.js';
import { PublishedCurve } from './published-curve.service.js';

@Module({ providers: [CalibrationResolver, ModelQualityResolver, PublishedCurve], exports: [PublishedCurve] })
export class QualityModule {}
