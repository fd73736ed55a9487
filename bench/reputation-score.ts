// Subjects scored in a second of processor time on one core, next review and explanation included:
//   npm run build && npx node bench/reputation-score.ts
import type { Sighting } from '@sekisho/reputation';
import { scoreSubject } from '@sekisho/reputation';

const NOW = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const EVIDENCE = ['trap', 'complaint', 'filter', 'port25', 'unknown-user'] as const;
const WARM_UP_ROUNDS = 200;
const SECONDS = 2;

function sightings(length: number, reporters: number, seed: number): Sighting[] {
  return Array.from({ length }, (_, i) => ({
    reporter: `member-${String(i % reporters)}`,
    category: i % 4 === 3 ? 'spam-source' : 'zombie',
    evidence: EVIDENCE[(i + seed) % EVIDENCE.length] ?? 'trap',
    count: 1 + ((i * 7 + seed) % 40),
    firstSeen: NOW - (3 + ((seed + i) % 24)) * HOUR_MS,
    lastSeen: NOW - ((seed * 3 + i) % 3) * HOUR_MS,
    influenced: false,
  }));
}

function withHam(seen: Sighting[]): Sighting[] {
  const [first] = seen;
  return first ? [...seen, { ...first, reporter: 'member-99', category: 'ham', count: 500 }] : seen;
}

function measure(length: number, reporters: number, hasHam: boolean): void {
  const inputs = Array.from({ length: 64 }, (_, seed) => {
    const seen = sightings(length, reporters, seed);
    return hasHam ? withHam(seen) : seen;
  });
  const context = { isDynamic: false, owners: new Set<string>(), wasListed: false };
  const standings = new Map<string, { trust: number }>();
  let points = 0;
  const round = () => {
    for (const seen of inputs) {
      points += scoreSubject({ type: 'ip', sightings: seen, standings, context, now: NOW }).score;
    }
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) round();
  points = 0;
  let scored = 0;
  const start = process.threadCpuUsage();
  let seconds = 0;
  while (seconds < SECONDS) {
    round();
    scored += inputs.length;
    seconds = process.threadCpuUsage(start).user / 1e6;
  }
  const cells = [
    String(length).padStart(9),
    String(reporters).padStart(9),
    (hasHam ? 'yes' : 'no').padStart(4),
    Math.round(scored / seconds)
      .toLocaleString('en')
      .padStart(12),
    ((seconds * 1e6) / scored).toFixed(1).padStart(11),
    (points / scored).toFixed(0).padStart(11),
  ];
  console.log(cells.join(' '));
}

console.log('sightings reporters  ham   subjects/s  us/subject  mean score');
for (const [length, reporters] of [
  [1, 1],
  [5, 3],
  [5, 5],
  [20, 8],
  [100, 30],
] as const) {
  measure(length, reporters, false);
  measure(length, reporters, true);
}
