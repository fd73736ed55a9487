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
}
