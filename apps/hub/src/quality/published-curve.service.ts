import { Injectable } from '@nestjs/common';
import { ForecastRepository } from '@sekisho/persistence';
import { MODEL_VERSION, risingCurve, type ProbabilityPoint } from '@sekisho/reputation';
import { Platform } from '../platform/platform.js';
import { Remembered } from '../platform/remembered.js';

/** It is published once a day. */
const REMEMBERED_MS = 60_000;

/** What scores of one model mean, by what was published of it. */
export interface Curve {
  readonly modelVersion: string;
  readonly points: readonly ProbabilityPoint[];
}

/** The curve of the model in force, read from the database once a minute. */
@Injectable()
export class PublishedCurve {
  private readonly remembered: Remembered<Curve | undefined>;

  constructor(
    private readonly platform: Platform,
    forecasts: ForecastRepository,
  ) {
    this.remembered = new Remembered(
      async () => {
        const published = await forecasts.published();
        const measured = published?.measurements.find(({ modelVersion }) => modelVersion === MODEL_VERSION);
        const points = measured && risingCurve(measured.bins);
        return points && { modelVersion: MODEL_VERSION, points };
      },
      {
        forMs: REMEMBERED_MS,
        onError: (error) => {
          this.platform.logger.error({ err: error }, 'the published reliability could not be read');
        },
      },
    );
  }

  /** undefined: none is published of this model, or it says too little. */
  find(): Promise<Curve | undefined> {
    return this.remembered.at(this.platform.now());
  }
}
