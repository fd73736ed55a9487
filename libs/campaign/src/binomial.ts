// The exact upper tail of the binomial distribution. Its first term is computed in logarithms by its deviance and the
// errors of Stirling's formula (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000): a difference of
// logarithms of factorials would lose all digits for large counts. The rest follows by the ratios of terms.

/**
 * The probability of `count` or more successes in `trials`, each with probability `rate`. `trials` and `count` are whole
 * and not negative, `rate` is above 0 and below 1. Relative error below 1e-9 for up to 1e9 trials; 0 when it is below the
 * smallest number.
 */
export function binomialTail(trials: number, count: number, rate: number): number {
  if (count <= 0) return 1;
  if (count > trials) return 0;
  // The sum goes away from the mean, where the terms fall.
  if (count <= trials * rate) return 1 - binomialTail(trials, trials - count + 1, 1 - rate);
  const odds = rate / (1 - rate);
  let term = 1;
  let sum = 1;
  for (let k = count; k < trials && term > sum * Number.EPSILON; k++) {
    term *= ((trials - k) / (k + 1)) * odds;
    sum += term;
  }
  return Math.min(1, Math.exp(logTerm(trials, count, rate)) * sum);
}

/** Logarithm of the probability of exactly `count`, which is at least 1 and at most `trials`. */
function logTerm(trials: number, count: number, rate: number): number {
  const others = trials - count;
  if (others === 0) return trials * Math.log(rate);
  const spread = Math.log(trials / (2 * Math.PI * count * others)) / 2;
  const errors = stirlingError(trials) - stirlingError(count) - stirlingError(others);
  return spread + errors - deviance(count, trials * rate) - deviance(others, trials * (1 - rate));
}

/** `count` x log(count / mean) + mean - count; never negative. Sums over the two outcomes to the divergence. */
function deviance(count: number, mean: number): number {
  const off = (count - mean) / mean;
  // log1p keeps the digits of what is near the mean.
  return mean * ((1 + off) * Math.log1p(off) - off);
}

/** log(n!) less Stirling's (n + 1/2) log n - n + log(2 pi) / 2. */
function stirlingError(n: number): number {
  if (n > 15) {
    const square = n * n;
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
  }
  let logFactorial = 0;
  for (let k = 2; k <= n; k++) logFactorial += Math.log(k);
  return logFactorial - (n + 0.5) * Math.log(n) + n - Math.log(2 * Math.PI) / 2;
}
