// Simulated arrivals, real texts: ordinary new clusters give the baseline, growing campaigns the delay.
import {
  Clusters,
  fingerprintKey,
  fingerprintOf,
  fitBaseline,
  judgeOutbreak,
  windowStatistic,
  type Sample,
} from '@sekisho/campaign';
import type { LabelledMessage } from './corpus.ts';
import { mutate } from './mutation.ts';
import { randomSource } from './random.ts';

const MINUTE_MS = 60_000;
const MEMBERS = 20;
const FITTED = 2_000;
const HELD_OUT = 20_000;
const FALSE_ALARM_RATE = 0.001;
/** A campaign that doubles every ten minutes from one copy in five minutes over all members. */
const DOUBLING_MINUTES = 10;
const FIRST_RATE_BY_MINUTE = 0.2;

/** Copies of a small mailing in its first hours. */
const POPULATIONS = {
  'exponential, mean 4': (random: () => number) => 1 + Math.floor(-Math.log(1 - random()) * 4),
  'log-normal, median 2, sigma 1': (random: () => number) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(500, 1 + Math.floor(2 * Math.exp(normal)));
  },
};

/** A notification or a small mailing, at a rate that differs from one to the next. */
function ordinaryCluster(random: () => number, copiesOf: (random: () => number) => number): Sample[] {
  const spanMs = (30 + random() * 690) * MINUTE_MS;
  return Array.from({ length: copiesOf(random) }, () => ({
    member: `member-${String(Math.floor(random() * MEMBERS))}`,
    at: Math.floor(random() * spanMs),
    copies: 1,
  })).sort((a, b) => a.at - b.at);
}

/** The highest statistic of all moments at which a cluster is judged: repeated looks are in the rate. */
const highest = (samples: readonly Sample[]) =>
  Math.max(...samples.map(({ at }) => windowStatistic(samples, at)));

export function measureOutbreaks(corpus: readonly LabelledMessage[], foreign: readonly string[]): void {
  const random = randomSource(7);
  console.log('');
  const baselines = Object.entries(POPULATIONS).map(([name, copiesOf]) => {
    const fitted = Array.from({ length: FITTED }, () => ordinaryCluster(random, copiesOf));
    const held = Array.from({ length: HELD_OUT }, () => ordinaryCluster(random, copiesOf));
    const baseline = fitBaseline(fitted.map(highest));
    const alarms = held.filter((samples) => alarmAt(samples, baseline) !== undefined).length;
    console.log(
      `outbreak, simulated arrivals (${name}): mean ${baseline.mean.toFixed(2)}, tail above ${String(baseline.tail?.above)} ratio ${(baseline.tail?.ratio ?? 0).toFixed(3)};` +
        ` wanted false alarms ${String(FALSE_ALARM_RATE)}, measured ${(alarms / held.length).toFixed(5)} (${String(alarms)} of ${String(held.length)} held-out clusters)`,
    );
    return baseline;
  });
  replayReal(corpus, random);
  const [baseline] = baselines;
  if (!baseline) return;
  const delays = replay(corpus, foreign, random, baseline);
  const middle = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
  const found = delays.filter((delay) => delay !== undefined);
  const copies = found.map((delay) => delay.copies);
  const minutes = found.map((delay) => delay.minutes);
  console.log(
    `outbreak, growing campaigns with real texts varied at strength 1: ${String(found.length)} of ${String(delays.length)} alarmed; median after ${String(middle(copies))} copies, ${middle(minutes).toFixed(1)} minutes` +
      `; worst ${String(Math.max(...copies))} copies, ${Math.max(...minutes).toFixed(1)} minutes`,
  );
}

/** All real mail at its own times, members by chance: fitted on the earlier half of the clusters, judged on the later. */
function replayReal(corpus: readonly LabelledMessage[], random: () => number): void {
  const key = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');
  const clusters = new Clusters(corpus.length);
  const placed = corpus
    .toSorted((a, b) => a.receivedAt - b.receivedAt)
    .map((message) => ({ message, slot: clusters.add(fingerprintOf(message.content, key)).slot }));
  const groups = [...Map.groupBy(placed, ({ slot }) => clusters.campaignOf(slot) ?? -1).values()];
  const arrivals = groups.map((group) =>
    group.map(({ message }) => ({
      member: `member-${String(Math.floor(random() * MEMBERS))}`,
      at: message.receivedAt,
      copies: 1,
    })),
  );
  const middle = Math.floor(arrivals.length / 2);
  const baseline = fitBaseline(arrivals.slice(0, middle).map(highest));
  const later = arrivals.slice(middle);
  const alarms = later.filter((samples) => alarmAt(samples, baseline) !== undefined).length;
  console.log(
    `outbreak, real arrivals replayed: ${String(alarms)} alarms in ${String(later.length)} later clusters (baseline of ${String(middle)}, mean ${baseline.mean.toFixed(2)});` +
      ` largest statistic ${String(Math.max(...later.map(highest)))}`,
  );
}

function alarmAt(samples: readonly Sample[], baseline: ReturnType<typeof fitBaseline>): number | undefined {
  const firstSeen = samples[0]?.at ?? 0;
  const at = samples.findIndex((sample, i) => {
    const options = { now: sample.at, falseAlarmRate: FALSE_ALARM_RATE };
    return judgeOutbreak(samples.slice(0, i + 1), firstSeen, baseline, options).isOutbreak;
  });
  return at === -1 ? undefined : at;
}

/** Each labelled campaign of three and more, varied at strength 1, through the clusters among all other mail. */
function replay(
  corpus: readonly LabelledMessage[],
  foreign: readonly string[],
  random: () => number,
  baseline: ReturnType<typeof fitBaseline>,
): ({ copies: number; minutes: number } | undefined)[] {
  const key = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');
  const campaigns = [...Map.groupBy(corpus, ({ campaign }) => campaign)].filter(
    ([name, members]) => name !== '' && members.length >= 3,
  );
  return campaigns.map(([name, messages]) => {
    const clusters = new Clusters(2_000);
    for (const other of corpus) if (other.campaign !== name) clusters.add(fingerprintOf(other.content, key));
    const byCampaign = new Map<number, Sample[]>();
    let minutes = 0;
    for (let copies = 1; copies <= 100; copies++) {
      minutes += -Math.log(1 - random()) / (FIRST_RATE_BY_MINUTE * 2 ** (minutes / DOUBLING_MINUTES));
      const message = messages[Math.floor(random() * messages.length)];
      if (!message) continue;
      const content = mutate(message.content, { strength: 1, random, foreign });
      const { campaign, merged } = clusters.add(fingerprintOf(content, key));
      const member = `member-${String(Math.floor(random() * MEMBERS))}`;
      const before = [campaign, ...merged].flatMap((number) => byCampaign.get(number) ?? []);
      const samples = [...before, { member, at: minutes * MINUTE_MS, copies: 1 }].sort((a, b) => a.at - b.at);
      byCampaign.set(campaign, samples);
      const options = { now: minutes * MINUTE_MS, falseAlarmRate: FALSE_ALARM_RATE };
      if (judgeOutbreak(samples, samples[0]?.at ?? 0, baseline, options).isOutbreak)
        return { copies, minutes };
    }
    return undefined;
  });
}
