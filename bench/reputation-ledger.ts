// What a million subjects cost the learning ledger, on one core:
//   npm run build && npx node bench/reputation-ledger.ts
import { Ledger } from '@sekisho/reputation';

const SUBJECTS = 1_000_000;
const REPORTS = 2_000_000;
const MEMBERS = 20;
const START = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;

let state = 1;
/** Marsaglia's xorshift32: the same reports in every run. */
function next(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const ledger = new Ledger();
const before = performance.now();
for (let i = 0; i < REPORTS; i++) {
  // Every subject once, then those that come back.
  const n = i < SUBJECTS ? i : next(SUBJECTS);
  ledger.observe({
    time: START + Math.floor((i * 12 * HOUR_MS) / REPORTS),
    reporter: `member-${String(next(MEMBERS))}`,
    subject: `10.${String((n >> 16) & 255)}.${String((n >> 8) & 255)}.${String(n & 255)}`,
    category: 'spam-source',
    evidence: i % 3 === 0 ? 'trap' : 'filter',
    count: 1,
  });
}
const end = START + 12 * HOUR_MS;
ledger.catchUp(end);
const observed = (performance.now() - before) / 1_000;
const again = performance.now();
let points = 0;
for (const subject of ledger.subjects()) points += ledger.assess(subject, end).score;
const scored = (performance.now() - again) / 1_000;
const mebibytes = process.memoryUsage().rss / 2 ** 20;
console.log(`${(REPORTS / observed).toFixed(0)} reports/s with learning (${observed.toFixed(1)} s)`);
console.log(
  `${String(ledger.subjects().length)} subjects scored in ${scored.toFixed(1)} s, mean ${(points / SUBJECTS).toFixed(1)}`,
);
console.log(`resident ${mebibytes.toFixed(0)} MiB`);
