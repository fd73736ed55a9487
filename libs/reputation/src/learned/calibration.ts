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

  /** Older checkpoints count less: about the last ten matter. */
  fade(factor: number): void {
    for (let bin = 0; bin < BINS; bin++) {
      this.totals[bin] = (this.totals[bin] ?? 0) * factor;
      this.hits[bin] = (this.hits[bin] ?? 0) * factor;
    }
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

const BINS = 120;
const LOWEST = -12;
const WIDTH = 0.2;
const PENALTY = 5;
/** Nothing learned yet: a subject that one reporter named just now comes to about one in three. */
const INTERCEPT_AT_START = -4;

const binOf = (z: number) => Math.max(0, Math.min(BINS - 1, Math.floor((z - LOWEST) / WIDTH)));
const centreOf = (bin: number) => LOWEST + (bin + 0.5) * WIDTH;
