// From the 202 of the report that makes an address suspect to the owner's push receiver, which has the signed event by then.
// Hub and worker run as processes of their own; the reports come one at a time at an even rate.
//   npm run bench:alerts -- --alerts 500 --rate 20
import { EventReceiver, Federation, reportOf } from '@sekisho/testing';
import { decodeJwt } from 'jose';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBenchDatabase } from '#harness/database';
import { percentile, printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';

/** Modules loaded and code compiled: a system that was started a minute ago is not what is measured. */
const WARM_UP = 50;

const { values } = parseArgs({
  options: { alerts: { type: 'string', default: '500' }, rate: { type: 'string', default: '20' } },
});
const rate = Number(values.rate);
const addresses = Array.from(
  { length: Number(values.alerts) + WARM_UP },
  (_, i) => `198.18.${i >> 8}.${i & 255}`,
);

await using database = await startBenchDatabase();
await using federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
await using receiver = await EventReceiver.start();
const owner = await federation.member('isp-owner', { networks: ['198.18.0.0/15'] });
const reporter = await federation.member('isp-a');
await (await owner.session()).setEventStream({ receiver: { endpoint: receiver.url } });

const arrived = new Map<string, PromiseWithResolvers<number>>(
  addresses.map((ip) => [ip, Promise.withResolvers<number>()]),
);
receiver.interrupt = ({ token, at }) => {
  const subject = decodeJwt<{ sub_id?: { 'ip-addresses'?: string[] } }>(token).sub_id;
  arrived.get(subject?.['ip-addresses']?.[0] ?? '')?.resolve(at);
  return false;
};

async function delayMs(ip: string): Promise<number> {
  await reporter.submit(reportOf(ip));
  const acknowledgedAt = performance.now();
  return Math.max(0, ((await arrived.get(ip)?.promise) ?? 0) - acknowledgedAt);
}

for (const ip of addresses.slice(0, WARM_UP)) await delayMs(ip);
const startedAt = performance.now();
const delays: Promise<number>[] = [];
for (const [i, ip] of addresses.slice(WARM_UP).entries()) {
  await sleep(Math.max(0, startedAt + (i * 1000) / rate - performance.now()));
  delays.push(delayMs(ip));
}
const measured = await Promise.all(delays);

console.log(describeMachine(database.version));
printTable(
  ['202 to push receiver', 'alerts', 'alerts/s', 'p50 ms', 'p99 ms', 'slowest ms'],
  [
    [
      'event signed and received',
      ...[String(measured.length), values.rate, percentile(measured, 0.5).toFixed(0)],
      ...[percentile(measured, 0.99).toFixed(0), Math.max(...measured).toFixed(0)],
    ],
  ],
);
