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
const ORDINARY = 4_000;
const FALSE_ALARM_RATE = 0.001;
/** A campaign that doubles every ten minutes from one copy in five minutes over all members. */
const DOUBLING_MINUTES = 10;
const FIRST_RATE_BY_MINUTE = 0.2;

/** A notification or a small mailing: a few copies in the first hours, at a rate that differs from one to the next. */
function ordinaryCluster(random: () => number): Sample[] {
  const copies = 1 + Math.floor(-Math.log(1 - random()) * 4);
  const spanMs = (30 + random() * 690) * MINUTE_MS;
  return Array.from({ length: copies }, () => ({
    member: `member-${String(Math.floor(random() * MEMBERS))}`,
    at: Math.floor(random() * spanMs),
    copies: 1,
  })).sort((a, b) => a.at - b.at);
}

export function measureOutbreaks(corpus: readonly LabelledMessage[], foreign: readonly string[]): void {
  const random = randomSource(5);
  const ordinary = Array.from({ length: ORDINARY }, () => ordinaryCluster(random));
  const [fitted, held] = [ordinary.slice(0, ORDINARY / 2), ordinary.slice(ORDINARY / 2)];
  // The highest statistic of all moments at which a cluster is judged: repeated looks are in the rate.
  const highest = (samples: readonly Sample[]) =>
    Math.max(...samples.map(({ at }) => windowStatistic(samples, at)));
  const baseline = fitBaseline(fitted.map(highest));
  const alarms = held.filter((samples) => alarmAt(samples, baseline) !== undefined).length;
  console.log(
    `\noutbreak (simulated arrivals): baseline mean ${baseline.mean.toFixed(2)}, shape ${baseline.shape.toFixed(2)};` +
      ` wanted false alarms ${String(FALSE_ALARM_RATE)}, measured ${(alarms / held.length).toFixed(4)} (${String(alarms)} of ${String(held.length)} held-out clusters)`,
  );
  const delays = replay(corpus, foreign, random, baseline);
  const middle = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
  const found = delays.filter((delay) => delay !== undefined);
  const copies = found.map((delay) => delay.copies);
  const minutes = found.map((delay) => delay.minutes);
  console.log(
    `  ${String(found.length)} of ${String(delays.length)} growing campaigns alarmed; median after ${String(middle(copies))} copies, ${middle(minutes).toFixed(1)} minutes` +
      `; worst ${String(Math.max(...copies))} copies, ${Math.max(...minutes).toFixed(1)} minutes`,
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
