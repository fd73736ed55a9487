export interface Interval {
  /** 0..1 */
  readonly low: number;
  readonly high: number;
}

/** The 95 % interval of a share (Wilson 1927); of nothing everything is possible. Counts need not be whole. */
export function wilsonInterval(hits: number, total: number): Interval {
  if (total <= 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = hits / total;
  const centre = share + (z * z) / (2 * total);
  const half = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  // Where nothing or everything was a hit an end is the share itself, and rounding may put it a little past.
  return {
    low: Math.max(0, Math.min(share, (centre - half) / scale)),
    high: Math.min(1, Math.max(share, (centre + half) / scale)),
  };
}
