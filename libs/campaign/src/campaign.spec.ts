import { describe, expect, it } from 'vitest';
import {
  Clusters,
  fitBaseline,
  isDropbox,
  isPhishingHost,
  SKETCH_BYTES,
  fingerprintKey,
  fingerprintOf,
  formatFingerprint,
  isAbusive,
  judgeOutbreak,
  normaliseText,
  parseFingerprint,
  roleOfSender,
  similarity,
  tallyOf,
  visibleText,
  type Observation,
} from './index.js';
import { tailProbability } from './outbreak.js';

const key = fingerprintKey(new Uint8Array(32).fill(1), '2026-11');
const WORDS =
  'amber basin cedar delta ember fjord grove heron inlet jetty kiosk ledge mango north ocean pearl'.split(
    ' ',
  );
const textOf = (seed: number, length = 150) =>
  Array.from({ length }, (_, i) => WORDS[Math.floor(((i + 1) * (i + seed) * 7919) / 3) % WORDS.length]).join(
    ' ',
  );
const content = (text: string, html?: string) => ({
  texts: [text],
  htmls: html ? [html] : [],
  attachments: [],
});
const print = (text: string) => fingerprintOf(content(text), key);

describe('visibleText', () => {
  it('joins a word that a comment cuts and leaves out what nobody sees', () => {
    const { text } = visibleText(
      'V<!-- x -->ia<b></b>gra<span style="display:none">no</span><font color="#fffffe">no</font>' +
        '<div style="font-size:0">no</div><script>no</script><p>now',
    );
    expect(text.replace(/\s+/g, ' ').trim()).toBe('Viagra now');
  });

  const seenIn = (html: string) => visibleText(html).text.replace(/\s+/g, ' ').trim();

  it('reads text after a head that no tag ends, and nothing of the head', () => {
    expect(seenIn('<html><head><title>no</title><style>no</style><h5>Renew now</h5><p>today')).toBe(
      'Renew now today',
    );
  });

  it('reads text that has a size again inside of what has none, as templates make it', () => {
    const cell = (inner: string) =>
      `<td style="padding:0;font-size:0px">no<div style="${inner}">yes</div>no</td>`;
    expect(seenIn(cell('font-size:13px'))).toBe('yes');
    expect(seenIn(cell('font-size: 1rem;color:#000'))).toBe('yes');
    expect(seenIn(cell('color:red'))).toBe('');
    expect(seenIn(cell('font-size:1.2em'))).toBe('');
    expect(seenIn('<p style="font-size:1em">yes<span style="font-size:1px">no</span>')).toBe('yes');
  });
});

describe('normaliseText', () => {
  const words = (text: string) => normaliseText(text).words.join(' ');

  it('gives one form to full width, look-alikes, invisible signs and spaced letters', () => {
    for (const text of [
      'cheap viagra',
      'ｃｈｅａｐ ｖｉａｇｒａ',
      'cheap vi\u200bag\u00adra',
      'сhеар viаgrа',
      'cheap v.i.a.g.r.a',
      'cheap v1agra',
    ])
      expect(words(text)).toBe('cheap viagra');
  });

  it('drops greetings, addresses, links, numbers and random tokens', () => {
    expect(
      words('Dear Anna Smith,\nbuy now at http://x.example/?id=77 a@b.example xkqjzwvb 12345 a1b2c3'),
    ).toBe('buy now at');
  });

  it('takes each sign of Japanese as a word, and no name before 様', () => {
    expect(words('山田様\n無料です')).toBe('無 料 で す');
  });
});

describe('fingerprint', () => {
  it('survives its wire form, which fits the field of a report', () => {
    const fingerprint = fingerprintOf(
      { ...content(textOf(1)), attachments: [{ mediaType: 'image/gif', sha256: 'a'.repeat(64) }] },
      key,
    );
    const wire = formatFingerprint(fingerprint);
    expect(wire).toMatch(/^[A-Za-z0-9_.:-]{16,1024}$/);
    expect(parseFingerprint(wire)).toEqual(fingerprint);
  });

  it('means nothing to who has another month or another secret', () => {
    const other = fingerprintOf(content(textOf(1)), fingerprintKey(new Uint8Array(32).fill(1), '2026-12'));
    expect(similarity(print(textOf(1)).sketch, other.sketch)).toBeLessThan(0.1);
    expect(other.textDigest).not.toBe(print(textOf(1)).textDigest);
  });

  it('refuses what is no fingerprint', () => {
    expect(() => parseFingerprint('2.2026-11.t.3....')).toThrow('not a fingerprint');
  });
});

describe('Clusters', () => {
  const random = (seed: number) => ({
    ...print(textOf(1)),
    sizeClass: 16,
    sketch: Uint8Array.from(
      { length: SKETCH_BYTES },
      (_, i) => (Math.imul(Math.imul(i + 1, 2654435761) ^ (seed * 40503), 0x85ebca6b) >>> 13) & 255,
    ),
  });
  /** Of each ten values of pairs the first `tenths` of one sketch, the rest of the other; runs of four words of neither. */
  const between = (a: ReturnType<typeof random>, b: ReturnType<typeof random>, tenths: number) => ({
    ...a,
    sketch: random(90 + tenths).sketch.map((own, i) =>
      i < 432 ? ((i % 10 < tenths ? a : b).sketch[i] ?? 0) : own,
    ),
  });

  it('does not chain two campaigns by a message that has a half of each', () => {
    const clusters = new Clusters(16);
    const [a, b] = [random(1), random(2)];
    const [first, , second] = [a, a, b, b].map((each) => clusters.add(each));
    const bridge = clusters.add(between(a, b, 5));
    expect(bridge.merged).toEqual([]);
    expect(clusters.campaignOf(first?.slot ?? -1)).not.toBe(clusters.campaignOf(second?.slot ?? -1));
  });

  /** Two campaigns of one origin, too far apart to meet, and what lies between them. */
  const bridged = () => {
    const clusters = new Clusters(16);
    const [a, b] = [random(1), between(random(1), random(2), 2)];
    const [first, second] = [clusters.add(a), clusters.add(b)];
    const bridge = clusters.add(between(a, b, 6));
    return { clusters, first, second, bridge };
  };

  it('keeps the older number when a fingerprint joins two campaigns, and parts them when it goes', () => {
    const { clusters, first, second, bridge } = bridged();
    expect(second.campaign).not.toBe(first.campaign);
    expect(bridge).toMatchObject({ campaign: first.campaign, merged: [second.campaign] });
    expect(clusters.campaignOf(second.slot)).toBe(first.campaign);
    clusters.remove(bridge.slot);
    const [split] = clusters.split();
    expect(split?.slots).toHaveLength(1);
    expect(clusters.campaignOf(first.slot)).not.toBe(clusters.campaignOf(second.slot));
  });

  it('still parts after a restart what lost its bridge before', () => {
    const { clusters, bridge } = bridged();
    clusters.remove(bridge.slot);
    expect(Clusters.restore(clusters.snapshot(), 16).split()).toHaveLength(1);
  });

  it('goes on from a snapshot with the same slots and numbers', () => {
    const clusters = new Clusters(16);
    const placed = [random(1), random(2), random(1)].map((each) => clusters.add(each));
    const restored = Clusters.restore(clusters.snapshot(), 16);
    for (const { slot, campaign } of placed) expect(restored.campaignOf(slot)).toBe(campaign);
    expect(restored.add(random(2)).campaign).toBe(placed[1]?.campaign);
    expect(restored.add(random(9)).isNew).toBe(true);
  });

  it('uses the slots of removed fingerprints again', () => {
    const clusters = new Clusters(64);
    for (let i = 0; i < 130; i++) clusters.remove(clusters.add(random(i)).slot);
    expect(clusters.size).toBe(0);
  });

  it('takes as many as it has places, and then says so', () => {
    const clusters = new Clusters(2);
    const { slot } = clusters.add(random(1));
    clusters.add(random(2));
    expect(() => clusters.add(random(3))).toThrow('live fingerprints');
    clusters.remove(slot);
    expect(clusters.add(random(3)).isNew).toBe(true);
    expect(clusters.campaignOf(slot)).toBe(3);
  });
});

const seen = (over: Partial<Observation>): Observation => ({
  member: 'a',
  at: 0,
  copies: 1,
  evidence: 'none',
  auth: {},
  network: undefined,
  fromDomain: undefined,
  urlHosts: [],
  ...over,
});

describe('tallies and rules', () => {
  it('never makes a campaign of bulk alone', () => {
    const bulk = ['a', 'b', 'c', 'd'].map((member) => seen({ member, copies: 1_000, evidence: 'filter' }));
    const tally = tallyOf(bulk);
    expect(tally && isAbusive(tally)).toBe(false);
    const trapped = tallyOf([...bulk, seen({ member: 'e', evidence: 'trap' })]);
    expect(trapped && isAbusive(trapped)).toBe(true);
  });

  it('makes no campaign of good mail that a few complain of', () => {
    const newsletter = Array.from({ length: 1_000 }, (_, i) => seen({ member: String(i % 10) }));
    const complain = (count: number) =>
      tallyOf(newsletter.map((each, i) => (i < count ? { ...each, evidence: 'complaint' as const } : each)));
    expect([3, 40].map((count) => isAbusive(complain(count) ?? newsletterMissing()))).toEqual([false, true]);
  });

  it('makes no campaign of the complaints of one member', () => {
    const tally = tallyOf([seen({ evidence: 'complaint', copies: 10 }), seen({ member: 'b' })]);
    expect(tally && isAbusive(tally)).toBe(false);
  });

  /** So many copies at two members, and with such evidence about so many of them. */
  const isAbuseWith = (evidence: 'complaint' | 'auth-failure', count: number, copies: number) => {
    const tally = tallyOf([
      seen({ evidence, copies: count - 1 }),
      seen({ member: 'b', evidence }),
      seen({ copies: copies - count }),
    ]);
    return isAbusive(tally ?? newsletterMissing());
  };

  it('takes a few complaints or failed checks in a small cluster for chance, however large a share they are', () => {
    expect([2, 4, 5].map((count) => isAbuseWith('complaint', count, 10))).toEqual([false, false, true]);
    expect([3, 6, 7].map((count) => isAbuseWith('auth-failure', count, 10))).toEqual([false, false, true]);
    expect(isAbuseWith('complaint', 3, 3)).toBe(false);
  });

  it('still asks for a share of large clusters, where less would be more than chance', () => {
    expect([199, 200].map((count) => isAbuseWith('complaint', count, 10_000))).toEqual([false, true]);
    expect([299, 300].map((count) => isAbuseWith('auth-failure', count, 1_000))).toEqual([false, true]);
  });

  it('tells the victim from the culprit, and accuses on nothing thin', () => {
    const picture = { pass: 0, fail: 50, unknown: 0, failingNetworks: 20, bounceMembers: 2, members: 3 };
    expect(roleOfSender(picture)).toBe('victim');
    expect(roleOfSender({ ...picture, bounceMembers: 0 })).toBeUndefined();
    expect(roleOfSender({ ...picture, pass: 50, fail: 0 })).toBe('culprit');
    expect(roleOfSender({ ...picture, pass: 50, fail: 0, members: 1 })).toBeUndefined();
  });

  it('raises an alarm for many members, not for one flooded mailbox or an old cluster', () => {
    const options = { now: 60_000, falseAlarmRate: 0.001 };
    const from = (member: (i: number) => string) =>
      Array.from({ length: 30 }, (_, i) => ({ member: member(i), at: i, copies: 1 }));
    const baseline = { mean: 2, shape: 10 };
    expect(judgeOutbreak(from(String), 0, baseline, options).isOutbreak).toBe(true);
    expect(
      judgeOutbreak(
        from(() => 'one'),
        0,
        baseline,
        options,
      ).isOutbreak,
    ).toBe(false);
    expect(judgeOutbreak(from(String), -2 * 86_400_000, baseline, options).isOutbreak).toBe(false);
  });
});

const newsletterMissing = (): never => {
  throw new Error('a tally of many observations is there');
};

describe('roles of hosts and addresses', () => {
  const host = { phishingCopies: 2, members: 2, hamCopies: 0, isWellKnown: false };

  it('names a phishing host only when nobody good links there and two members say so', () => {
    expect(isPhishingHost(host)).toBe(true);
    const innocent = [{ hamCopies: 1 }, { isWellKnown: true }, { members: 1 }, { phishingCopies: 1 }];
    for (const over of innocent) expect(isPhishingHost({ ...host, ...over })).toBe(false);
  });

  it('names a drop box unless one member alone says so or its owner writes himself', () => {
    const box = { campaigns: 1, members: 2, ownMailCopies: 0 };
    expect(isDropbox(box)).toBe(true);
    for (const over of [{ campaigns: 0 }, { members: 1 }, { ownMailCopies: 1 }])
      expect(isDropbox({ ...box, ...over })).toBe(false);
  });
});

describe('fitBaseline', () => {
  it('does not underestimate how often ordinary clusters reach a high count', () => {
    // A heavy tail by construction: a share of 2^-k reaches k + 1.
    const counts = Array.from({ length: 1_024 }, (_, i) => 1 + Math.clz32(i + 1) - Math.clz32(1_024));
    const baseline = fitBaseline(counts);
    for (const count of [4, 6, 8]) {
      const share = counts.filter((each) => each >= count).length / counts.length;
      expect(tailProbability(baseline, count)).toBeGreaterThanOrEqual(share);
    }
    expect(tailProbability(baseline, 40)).toBeLessThan(0.001);
  });

  it('refuses a baseline of too few clusters', () => {
    expect(() => fitBaseline(Array.from({ length: 29 }, () => 1))).toThrow('needs 30 clusters');
  });
});
