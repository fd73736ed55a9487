// From what `npm run bench:scaling -- --save` measured to what a federation of any size needs, costs and breaks at.
//   npm run bench:scaling-model -- --members 1000 --reports-per-day 1000000000 --lookups 10000000
import { parseArgs } from 'node:util';
import { inFull, printTable } from '#harness/figures';
import { ASSUMPTIONS, monthlyPrice, needsOf, simulateDay, type Federation } from './scaling/capacity.ts';
import { readCoefficients } from './scaling/coefficients.ts';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000' },
    'reports-per-day': { type: 'string', default: '1000000000' },
    lookups: { type: 'string', default: '10000000' },
  },
});
const wanted: Federation = {
  members: Number(values.members),
  reportsPerDay: Number(values['reports-per-day']),
  lookupsPerSecond: Number(values.lookups),
};
/** The demo, a country, and what was asked for. */
const federations: readonly Federation[] = [
  { members: 10, reportsPerDay: 1e6, lookupsPerSecond: 1e4 },
  { members: 100, reportsPerDay: 1e8, lookupsPerSecond: 1e6 },
  wanted,
];
const OUTBREAK = { times: 5, minutes: 10 };

const measured = await readCoefficients();
console.log(`measured on ${measured.measuredOn}`);
for (const federation of federations) {
  const needs = needsOf(federation, measured, ASSUMPTIONS);
  console.log(
    `\n${inFull(federation.members)} members, ${inFull(federation.reportsPerDay)} reports a day, ` +
      `${inFull(federation.lookupsPerSecond)} lookups a second`,
  );
  printTable(
    ['', 'cores', 'GiB', 'a month', 'one server carries', ''],
    needs.map((need) => [
      need.part,
      need.cores < 10 ? need.cores.toFixed(1) : inFull(need.cores),
      inFull(need.gib),
      inFull(monthlyPrice(need, ASSUMPTIONS)),
      need.headroom === Infinity ? 'more beside it' : `${need.headroom.toFixed(2)} times this`,
      need.note,
    ]),
  );
  const price = needs.reduce((sum, need) => sum + monthlyPrice(need, ASSUMPTIONS), 0);
  const tightest = needs.reduce((least, need) => (need.headroom < least.headroom ? need : least));
  console.log(
    `In all ${inFull(price)} a month at ${String(ASSUMPTIONS.coreMonthPrice)} for a core and ` +
      `${String(ASSUMPTIONS.gibMonthPrice)} for a GiB; ${inFull(price / federation.members)} for a member. ` +
      `First to break: ${tightest.part}.`,
  );
  const coresOf = (part: string) => needs.find((need) => need.part === part)?.cores ?? 0;
  const rows = [1, 1.5, 2].map((factor) => {
    const workerCores = Math.ceil(coresOf('workers') * factor);
    const day = simulateDay(federation, measured, {
      workerCores,
      databaseCores: Math.ceil(coresOf('database') * factor),
      peakOverMean: ASSUMPTIONS.peakOverMean,
      outbreak: OUTBREAK,
    });
    return [
      `a day with an outbreak (${String(OUTBREAK.times)} times for ${String(OUTBREAK.minutes)} min), cores × ${String(factor)}`,
      ...[inFull(day.longestQueue), day.longestWaitSeconds.toFixed(0), String(day.lateMinutes)],
    ];
  });
  printTable(['', 'longest queue', 'longest wait, s', 'minutes over a minute late'], rows);
}
