import { Module } from '@nestjs/common';
import { EffectMeter } from './effect-meter.service.js';

/** Apart from the appeals themselves: whoever serves zones says what edges have. */
@Module({ providers: [EffectMeter], exports: [EffectMeter] })
export class AppealEffectsModule {}
