/**
 * Mean of 2^(-age/halfLife) over the ages from `youngestMs` to `oldestMs` (0 <= youngest <= oldest), 0..1.
 * Closed form of the integral, with expm1 so that a short span does not cancel to nothing.
 */
export function meanDecay(youngestMs: number, oldestMs: number, halfLifeMs: number): number {
  const spanInLifetimes = (Math.LN2 * (oldestMs - youngestMs)) / halfLifeMs;
  const atYoungest = decayFactor(youngestMs, halfLifeMs);
  if (spanInLifetimes <= 0) return atYoungest;
  return (atYoungest * -Math.expm1(-spanInLifetimes)) / spanInLifetimes;
}

/** 2^(-age/halfLife), 0..1. */
export function decayFactor(ageMs: number, halfLifeMs: number): number {
  return Math.exp((-Math.LN2 * ageMs) / halfLifeMs);
}
