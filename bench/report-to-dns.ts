// From the 202 of the third member's report to the answer of the DNS process, for addresses that two members reported
// before. Hub, worker and edge run as processes of their own; the reports come one at a time at an even rate.
//   npm run bench:report-to-dns -- --subjects 1000 --rate 50
import { submitReports, type EnrolledMember } from '@sekisho/client';
import { Federation, nameOf, reportOf } from '@sekisho/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBenchDatabase } from '#harness/database';
import { DnsWatch } from '#harness/dns-watch';
import { percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';

const ENVELOPE = 500;
/** Modules loaded and code compiled: a system that was started a minute ago is not what is measured. */
const WARM_UP = 50;

const { values } = parseArgs({
  options: { subjects: { type: 'string', default: '1000' }, rate: { type: 'string', default: '50' } },
});
const rate = Number(values.rate);

/** Each in a /24 of its own, so that no listed network answers for it. */
const addresses = Array.from(
  { length: Number(values.subjects) + WARM_UP },
  (_, i) => `5.${String(i >> 8)}.${String(i & 255)}.9`,
);

/** Two filters are not enough for a listing, and three are. */
const seen = (ip: string) => reportOf(ip, { evidence: 'filter' });

async function submitAll(member: EnrolledMember, ips: readonly string[]): Promise<void> {
  const reports = ips.map(seen);
  for await (const { rejected } of submitReports(member, reports, { batchSize: ENVELOPE })) {
    if (rejected[0]) throw new Error(rejected[0].message);
  }
}

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, {
  // It asks for one name more often than anybody may by default.
  env: { SEKISHO_DEMO: 'no', SEKISHO_DNS_RRL: 'off' },
});
const members = await Promise.all(['isp-a', 'isp-b', 'isp-c'].map((id) => federation.member(id)));
const [a, b, c] = members;
if (!a || !b || !c) throw new Error('three members expected');
await using watch = await DnsWatch.open(federation.dnsPort);

await Promise.all([submitAll(a.enrolled, addresses), submitAll(b.enrolled, addresses)]);
await Promise.all(addresses.map((ip) => watch.answered(nameOf(ip, 'score.z.example'))));
while ((await database.query('SELECT FROM receipt WHERE scored_at IS NULL')).length > 0) await sleep(50);
const [early] = await database.query<{ count: number }>(
  'SELECT count(*)::int AS count FROM reputation WHERE listed',
);
if (early?.count !== 0) throw new Error(`${String(early?.count)} addresses are listed after two reports`);

async function delayMs(ip: string): Promise<number> {
  await c?.submit(seen(ip));
  const acknowledgedAt = performance.now();
  return (await watch.answered(nameOf(ip))) - acknowledgedAt;
}

for (const ip of addresses.slice(0, WARM_UP)) await delayMs(ip);
const startedAt = performance.now();
const delays: Promise<number>[] = [];
for (const [i, ip] of addresses.slice(WARM_UP).entries()) {
  await sleep(Math.max(0, startedAt + (i * 1000) / rate - performance.now()));
  const delay = delayMs(ip);
  delay.catch(() => undefined);
  delays.push(delay);
}
const measured = await Promise.all(delays);

console.log(describeMachine(database.version));
printTable(
  ['202 to DNS answer', 'reports', 'reports/s', 'p50 ms', 'p99 ms', 'slowest ms'],
  [
    [
      'third report of an address',
      String(measured.length),
      values.rate,
      percentile(measured, 0.5).toFixed(0),
      percentile(measured, 0.99).toFixed(0),
      Math.max(...measured).toFixed(0),
    ],
  ],
);
