// Reports as a mail operator's filters make them: some addresses again and again, most of them rarely.
import type { ReportInput } from '@sekisho/report';

const HOUR_MS = 3_600_000;

/** Out of 100 reports: what mail servers see most is zombies caught by a filter. */
const KINDS: readonly (readonly [number, ReportInput['category'], ReportInput['evidence']])[] = [
  [30, 'zombie', 'filter'],
  [15, 'zombie', 'trap'],
  [20, 'spam-source', 'filter'],
  [8, 'spam-source', 'complaint'],
  [7, 'spam-source', 'unknown-user'],
  [5, 'harvester', 'unknown-user'],
  [5, 'malware-sender', 'malware'],
  [5, 'backscatter-source', 'bounce'],
  [5, 'ham', 'filter'],
];

/** mulberry32: every run sends the same reports. */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The address of rank `rank`, the same in every run, between 1.0.0.0 and 9.255.255.255: global unicast all of it. */
export function addressOf(rank: number): string {
  // A step prime to the range visits every address before it repeats one.
  const word = 0x0100_0000 + ((rank * 2_654_435_761) % 0x0900_0000);
  return `${String(word >>> 24)}.${String((word >>> 16) & 255)}.${String((word >>> 8) & 255)}.${String(word & 255)}`;
}

/**
 * Batches of reports about `subjects` addresses; an address is named once in a batch, as reporters add up what they saw.
 * The address of rank k comes with a probability proportional to 1/√k: one in 450 reports is about the first of 200,000.
 */
export function reportSource(
  subjects: number,
  random: () => number,
): (size: number, now: number) => ReportInput[] {
  const kind = () => {
    let left = random() * 100;
    return KINDS.find(([share]) => (left -= share) < 0) ?? KINDS[0];
  };
  return (size, now) => {
    const ranks = new Set<number>();
    while (ranks.size < size) ranks.add(Math.floor(subjects * random() ** 2));
    return [...ranks].map((rank) => {
      const [, category, evidence] = kind() ?? [0, 'zombie', 'trap'];
      const lastSeen = now - Math.floor(random() * HOUR_MS);
      return {
        subject: { type: 'ip', value: addressOf(rank) },
        ...{ category, evidence },
        count: 1 + Math.floor(random() ** 4 * 50),
        firstSeen: new Date(lastSeen - Math.floor(random() * HOUR_MS)).toISOString(),
        lastSeen: new Date(lastSeen).toISOString(),
        ...(random() < 0.3 && { auth: { spf: 'fail', dkim: 'none', dmarc: 'fail' } }),
      };
    });
  };
}
