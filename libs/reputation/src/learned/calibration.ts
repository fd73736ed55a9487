import { riskFrom, type Mixture } from './mixture.js';

/** Scores and what came of them, in bins, fading; from them the logistic curve P = 1/(1 + e^-(slope z + intercept)) (Platt 1999). */
export class Calibration {
  readonly hits = new Float64Array(BINS);
  readonly totals = new Float64Array(BINS);
  slope = 1;
  intercept = INTERCEPT_AT_START;

  add(z: number, wasReported: boolean, weight: number): void {
    const bin = binOf(z);
    this.totals[bin] = (this.totals[bin] ?? 0) + weight;
    if (wasReported) this.hits[bin] = (this.hits[bin] ?? 0) + weight;
  }

  clear(): void {
    this.totals.fill(0);
    this.hits.fill(0);
  }

  /** Newton's method on the penalised likelihood; the slope is held near 1 and above 0. */
  fit(): void {
    let { slope, intercept } = this;
    for (let round = 0; round < 30; round++) {
      let [g0, g1, h00, h01, h11] = [0, PENALTY * (slope - 1), 1e-9, 0, PENALTY];
      for (let bin = 0; bin < BINS; bin++) {
        const total = this.totals[bin] ?? 0;
        if (total === 0) continue;
        const z = centreOf(bin);
        const p = 1 / (1 + Math.exp(-(slope * z + intercept)));
        const error = total * p - (this.hits[bin] ?? 0);
        const spread = total * p * (1 - p);
        g0 += error;
        g1 += error * z;
        h00 += spread;
        h01 += spread * z;
        h11 += spread * z * z;
      }
      const determinant = h00 * h11 - h01 * h01;
      if (!(determinant > 1e-12)) break;
      const down = (h11 * g0 - h01 * g1) / determinant;
      const turn = (h00 * g1 - h01 * g0) / determinant;
      intercept -= Math.max(-1, Math.min(1, down));
      slope = Math.max(0.05, slope - Math.max(-0.5, Math.min(0.5, turn)));
      if (Math.abs(down) + Math.abs(turn) < 1e-9) break;
    }
    if (Number.isFinite(slope) && Number.isFinite(intercept))
      [this.slope, this.intercept] = [slope, intercept];
  }
}

/** Older looks count less: about the last ten matter. */
const FADE = 0.9;
/** What is older weighs less than a tenth of the newest. */
const MOST_LOOKS = 24;

/** What a look keeps for the calibration: subjects, parts of their risk as in `RiskParts`, and the positions of a sample. */
export interface Sample {
  readonly subjects: Int32Array;
  readonly agreement: Float32Array;
  readonly recency: Float32Array;
  readonly sampled: Int32Array;
  /** Of the sample only. */
  readonly learned: Float32Array;
}

/** Risks of the last looks in their parts, so that the curve is of the mixture in force, whatever it was at the time. */
export class CalibrationLooks {
  readonly #looks: { readonly parts: Float32Array; readonly hits: Uint8Array }[] = [];

  add(
    { sampled, learned, agreement, recency, subjects }: Sample,
    wasReported: (subject: number) => boolean,
  ): void {
    const parts = new Float32Array(3 * sampled.length);
    for (const [i, position] of sampled.entries())
      parts.set([learned[i] ?? 0, agreement[position] ?? 0, recency[position] ?? 0], 3 * i);
    const hits = Uint8Array.from(sampled, (position) => (wasReported(subjects[position] ?? -1) ? 1 : 0));
    this.#looks.push({ parts, hits });
    if (this.#looks.length > MOST_LOOKS) this.#looks.shift();
  }

  fit(calibration: Calibration, mixture: Mixture): void {
    calibration.clear();
    for (const [age, { parts, hits }] of this.#looks.toReversed().entries()) {
      for (const [i, hit] of hits.entries()) {
        const [learned, agreement, recency] = [
          parts[3 * i] ?? 0,
          parts[3 * i + 1] ?? 0,
          parts[3 * i + 2] ?? 0,
        ];
        calibration.add(riskFrom({ learned, agreement, recency }, mixture), hit === 1, FADE ** age);
      }
    }
    calibration.fit();
  }
}

const BINS = 120;
const LOWEST = -12;
const WIDTH = 0.2;
const PENALTY = 5;
/** Nothing learned yet: a subject that one reporter named just now comes to about one in three. */
const INTERCEPT_AT_START = -4;

const binOf = (z: number) => Math.max(0, Math.min(BINS - 1, Math.floor((z - LOWEST) / WIDTH)));
const centreOf = (bin: number) => LOWEST + (bin + 0.5) * WIDTH;
