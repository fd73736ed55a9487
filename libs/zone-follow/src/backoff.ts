const FIRST_MS = 200;
// Short, since every second is a second in which a listing may be out of date, and a refused connection costs little.
const LONGEST_MS = 5_000;

/**
 * How long to wait after so many failures in a row (1 and up), in milliseconds: doubling, with half of it left to
 * chance (0 to 1) so that many edges do not come back at the same moment.
 */
export function backoffMs(failures: number, chance: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return whole / 2 + (whole / 2) * chance;
}
