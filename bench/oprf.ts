// Sign-up checks end to end: hub, trustee and database as processes of their own, members in this one, on the same cores.
//   npm run bench:oprf -- --checks 300 --in-flight 8
import { SubscriberAgent } from '@sekisho/client';
import { Federation } from '@sekisho/testing';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBenchDatabase } from '#harness/database';
import { inFull, percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';

const { values } = parseArgs({
  options: { checks: { type: 'string', default: '300' }, 'in-flight': { type: 'string', default: '8' } },
});
const checks = Number(values.checks);
const inFlight = Number(values['in-flight']);
const TODAY = new Date().toISOString().slice(0, 10);

/** Five identifiers of a person who is nobody. */
const applicant = (n: number) => [
  { type: 'phone', number: `090-${String(1000 + (n % 9000))}-${String(1000 + ((n * 7) % 9000))}` } as const,
  { type: 'address', text: `東京都千代田区丸の内1-${String((n % 30) + 1)}-${String((n % 9) + 1)}` } as const,
  { type: 'name-birth', name: '山田太郎', birthDate: `19${String(60 + (n % 40))}-04-01` } as const,
  { type: 'email', address: `person${String(n)}@isp.example` } as const,
  { type: 'phone', number: `03-${String(3000 + (n % 6000))}-${String(1000 + (n % 9000))}` } as const,
];

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, {
  processes: ['hub', 'trustee'],
  env: { SEKISHO_TRUSTEE_QUOTA: '99999999', SEKISHO_CHECK_QUOTA: '9999999' },
});
const member = await federation.member('isp-a');
const agent = await SubscriberAgent.open(await member.session(), join(federation.directory, 'isp-a'));
await agent.declareSignUps(TODAY, 1_000_000);
const said = { noticeVersion: '1', legalBasis: 'consent' } as const;

let next = 0;
async function run(count: number, lanes: number): Promise<{ latencies: number[]; perSecond: number }> {
  const latencies: number[] = [];
  const end = next + count;
  const startedAt = performance.now();
  const lane = async () => {
    while (next < end) {
      const persons = applicant(next++);
      const sentAt = performance.now();
      await agent.check(persons, said);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { latencies, perSecond: (latencies.length * 1000) / (performance.now() - startedAt) };
}

await run(50, 2);
const alone = await run(checks, 1);
const loaded = await run(checks, inFlight);
console.log(describeMachine(database.version));
printTable(
  ['checks of 5 identifiers', 'checks/s', 'p50 ms', 'p99 ms'],
  [['one at a time', alone] as const, [`${String(inFlight)} at a time`, loaded] as const].map(
    ([title, { latencies, perSecond }]) => [
      title,
      inFull(perSecond),
      percentile(latencies, 0.5).toFixed(1),
      percentile(latencies, 0.99).toFixed(1),
    ],
  ),
);
