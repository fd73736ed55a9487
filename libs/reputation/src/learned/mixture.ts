/** What a risk is made of, each in natural logarithms and the greater the worse. */
export interface RiskParts {
  /** The lift that was learned, less what the caps take off. */
  readonly learned: number;
  /** ln(voices), 0 or more. */
  readonly agreement: number;
  /** -ln(1 + hours since the latest report), 0 or less. */
  readonly recency: number;
}

/** Weights of what is not learned from examples. */
export interface Mixture {
  /** Each doubling of the voices that named a subject multiplies its rate by 2 to this. */
  readonly agreement: number;
  /** Each doubling of the time since divides its rate by 2 to this. */
  readonly recency: number;
}

/** Before anything is known of how well they rank; see docs/reputation.md. */
export const START: Mixture = { agreement: 3, recency: 0 };

export const riskFrom = (parts: RiskParts, mixture: Mixture) =>
  parts.learned + mixture.agreement * parts.agreement + mixture.recency * parts.recency;
