// What a span costs: with traces off, as by default, and with traces on and a collector that takes them.
//   npm run bench:tracing
import { NO_TRACING, startTracing, type Tracing } from '@sekisho/telemetry';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { printTable } from '#harness/figures';
import { describeMachine } from '#harness/machine';

const SPANS = 200_000;
const ROUNDS = 5;
/** Of an envelope: its request, verifying, storing, enqueueing, and its job in the worker. */
const SPANS_PER_ENVELOPE = 5;

const work = () => Promise.resolve(1);

async function nanosecondsEach(perform: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < SPANS; i++) await perform();
    best = Math.min(best, ((performance.now() - start) * 1e6) / SPANS);
  }
  return best;
}

const within = (tracing: Tracing) => () => tracing.span('work', { 'sekisho.accepted': 500 }, work);

const collector = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'));
});
collector.listen(0, '127.0.0.1');
await once(collector, 'listening');
const tracing = await startTracing({
  name: 'bench',
  url: `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}`,
  percent: 100,
  onError: () => undefined,
});

const bare = await nanosecondsEach(work);
const rows = [
  ['no span', bare],
  ['a span, traces off', await nanosecondsEach(within(NO_TRACING))],
  ['a span, traces on', await nanosecondsEach(within(tracing))],
] as const;
await tracing.close();
collector.close();
collector.closeAllConnections();

console.log(describeMachine());
printTable(
  ['', 'ns each', 'ns more', 'µs more an envelope'],
  rows.map(([name, each]) => [
    name,
    each.toFixed(0),
    (each - bare).toFixed(0),
    (((each - bare) * SPANS_PER_ENVELOPE) / 1_000).toFixed(1),
  ]),
);
