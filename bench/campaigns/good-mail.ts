// Good mail, resampled and varied to 1,000 messages among all the spam: which of it ends in a campaign of abuse?
import {
  Clusters,
  fingerprintKey,
  fingerprintOf,
  isAbusive,
  tallyOf,
  type Observation,
} from '@sekisho/campaign';
import type { LabelledMessage } from './corpus.ts';
import { mutate } from './mutation.ts';
import { randomSource } from './random.ts';

const GOOD_MESSAGES = 1_000;
const MEMBERS = 10;
/** Gmail's sender guidelines: good senders stay below 0.001 and never reach 0.003. */
const COMPLAINT_RATES = [0.001, 0.003, 0.01];
/** Copies that fail their checks because they were forwarded: an assumption, not a measurement. */
const AUTH_FAILURE_RATE = 0.02;
const DRAWS = 200;
const NEWSLETTER_COPIES = 5_000;

export function measureGoodMail(corpus: readonly LabelledMessage[], foreign: readonly string[]): void {
  const random = randomSource(143);
  const key = fingerprintKey(new Uint8Array(32).fill(7), '2026-11');
  const ham = corpus.filter(({ isSpam }) => !isSpam);
  const good = Array.from({ length: GOOD_MESSAGES }, (_, i) => ham[i % ham.length]).filter(
    (m) => m !== undefined,
  );
  const clusters = new Clusters(GOOD_MESSAGES + corpus.length);
  const stream = [...corpus.filter(({ isSpam }) => isSpam), ...good];
  const placed = stream.map((message, i) => {
    const isVaried = !message.isSpam && i >= stream.length - GOOD_MESSAGES + ham.length;
    const content = isVaried ? mutate(message.content, { strength: 1, random, foreign }) : message.content;
    const seen: Observation = {
      member: `member-${String(Math.floor(random() * MEMBERS))}`,
      at: i * 1_000,
      copies: 1,
      evidence: message.isSpam ? 'trap' : 'none',
      auth: {},
      network: undefined,
      fromDomain: undefined,
      urlHosts: [],
    };
    return { message, seen, slot: clusters.add(fingerprintOf(content, key)).slot };
  });
  const byCampaign = Map.groupBy(placed, ({ slot }) => clusters.campaignOf(slot) ?? -1);
  let touched = 0;
  let hamInAbuse = 0;
  let bulk = 0;
  let campaigns = 0;
  for (const group of byCampaign.values()) {
    const tally = tallyOf(group.map(({ seen }) => seen));
    const isAbuse = tally !== undefined && isAbusive(tally);
    const hams = group.filter(({ message }) => !message.isSpam).length;
    if (isAbuse) campaigns++;
    if (isAbuse && hams > 0) touched++;
    if (isAbuse) hamInAbuse += hams;
    if (!isAbuse && hams > 1) bulk++;
  }
  console.log(
    `\ngood mail: ${String(hamInAbuse)} of ${String(good.length)} messages (of ${String(ham.length)} real ones) in a campaign of abuse;` +
      ` ${String(touched)} of ${String(campaigns)} campaigns hold good mail; ${String(bulk)} clusters of good mail stayed bulk`,
  );
  const groups = [...byCampaign.values()];
  for (const rate of COMPLAINT_RATES) measureComplaints(groups, good.length, rate, random);
  measureNewsletters(random);
}

interface Placed {
  readonly message: LabelledMessage;
  readonly seen: Observation;
}

/** The same clusters, with complaints and failed checks drawn anew for each good copy. */
function measureComplaints(
  groups: readonly (readonly Placed[])[],
  messages: number,
  rate: number,
  random: () => number,
): void {
  let [inAbuse, worst] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    let ofDraw = 0;
    for (const group of groups) {
      const hams = group.filter(({ message }) => !message.isSpam).length;
      if (hams === 0) continue;
      const observations = group.map(({ message, seen }) =>
        message.isSpam ? seen : { ...seen, evidence: evidenceOfGood(rate, random) },
      );
      const tally = tallyOf(observations);
      if (tally && isAbusive(tally)) ofDraw += hams;
    }
    inAbuse += ofDraw;
    worst = Math.max(worst, ofDraw);
  }
  console.log(
    `good mail with complaints about ${String(rate)} of the copies and ${String(AUTH_FAILURE_RATE)} failed checks:` +
      ` ${(inAbuse / DRAWS).toFixed(2)} of ${String(messages)} messages in a campaign of abuse (mean of ${String(DRAWS)} draws, worst ${String(worst)})`,
  );
}

function evidenceOfGood(complaintRate: number, random: () => number): Observation['evidence'] {
  const drawn = random();
  if (drawn < complaintRate) return 'complaint';
  return drawn < complaintRate + AUTH_FAILURE_RATE ? 'auth-failure' : 'none';
}

/** One mailing that every member sees, thousands of copies. */
function measureNewsletters(random: () => number): void {
  for (const rate of COMPLAINT_RATES) {
    let abusive = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const tally = tallyOf(
        Array.from({ length: NEWSLETTER_COPIES }, (_, i) => ({
          member: `member-${String(i % MEMBERS)}`,
          at: i * 100,
          copies: 1,
          evidence: evidenceOfGood(rate, random),
          auth: {},
          network: undefined,
          fromDomain: undefined,
          urlHosts: [],
        })),
      );
      if (tally && isAbusive(tally)) abusive++;
    }
    console.log(
      `newsletters of ${NEWSLETTER_COPIES.toLocaleString('en')} copies at ${String(MEMBERS)} members, complaints ${String(rate)}: ${String(abusive)} of ${String(DRAWS)} become a campaign of abuse`,
    );
  }
}
