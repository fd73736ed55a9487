// What each method knew at one moment of a window, and what came after.
import { Ledger, scoreSubject, type Sighting } from '@sekisho/reputation';
import { formatIpv4, type Window } from './windows.ts';

export const FEATURES = [
  'members',
  'standing members',
  'members new within 3 h',
  'age of the latest report',
  'separate times',
  'decayed sum',
  'new in the /24',
  'new in the /16',
  'known in the /24',
  'traps and malware',
] as const;

export const METHODS = [
  'first model',
  'distinct members',
  'most recent',
  'MISP decay',
  'consensus',
  'decayed sum',
] as const;

export interface Replay {
  readonly window: string;
  readonly without: string | undefined;
  readonly subjects: Uint32Array;
  readonly scores: Readonly<Record<string, Float64Array>>;
  /** Row after row. */
  readonly features: Float32Array;
  readonly targets: readonly Target[];
  /** Our own probability that any member newly reports until the end, and whether one did. */
  readonly probability: Float64Array;
  readonly came: Uint8Array;
  /** Our published scores (24 h). */
  readonly published: Float64Array;
  readonly observationsPerSecond: number;
  readonly rescoredPerSecond: number;
}

export interface Target {
  readonly member: string;
  /** Positions in `subjects` that it did not list then. */
  readonly candidates: Uint32Array;
  readonly hits: Uint8Array;
}

interface Known {
  member: number;
  lastNew: number;
  ageKnown: boolean;
  ended: number;
  episodes: number;
  strong: boolean;
}

const HOUR_MS = 3_600_000;
const NOBODY_RATED = new Map<string, { trust: number }>();
const fade = (ageMs: number, halfLifeHours: number) => 2 ** (-ageMs / (halfLifeHours * HOUR_MS));

/** Takes the window up to `at` without one member's reports, and looks at what came until `end`. */
export function replay(win: Window, at: number, end: number, without: string | undefined): Replay {
  const members = [...new Set(win.channels.map(({ member }) => member))];
  const ledger = new Ledger();
  const known = new Map<number, Known[]>();
  const sightings = new Map<number, Sighting[]>();
  const near = new Map<number, number>();
  const wide = new Map<number, number>();
  const knownNear = new Map<number, number>();
  const started = performance.now();
  let observed = 0;
  for (let i = 0; i < win.time.length && (win.time[i] ?? 0) <= at; i++) {
    const row = rowOf(win, i);
    if (row.channel.member === without) continue;
    ledger.observe({
      time: row.time,
      reporter: row.channel.member,
      subject: formatIpv4(row.subject),
      category: row.channel.category,
      evidence: row.channel.evidence,
      count: 1,
      ended: row.ended,
    });
    observed++;
  }
  ledger.catchUp(at);
  const observationsPerSecond = (1_000 * observed) / (performance.now() - started);
  for (let i = 0; i < win.time.length && (win.time[i] ?? 0) <= at; i++) {
    const { time, channel, subject, ended, fresh } = rowOf(win, i);
    if (channel.member === without) continue;
    let reports = known.get(subject);
    const slash24 = Math.floor(subject / 256);
    if (reports === undefined) {
      known.set(subject, (reports = []));
      knownNear.set(slash24, (knownNear.get(slash24) ?? 0) + 1);
    }
    const member = members.indexOf(channel.member);
    let report = reports.find((r) => r.member === member);
    if (ended) {
      if (report) report.ended = time;
      continue;
    }
    const { category, evidence } = channel;
    const sighting = { reporter: channel.member, category, evidence, count: 1, influenced: false };
    const own = sightings.get(subject) ?? [];
    sightings.set(subject, own);
    own.push({ ...sighting, firstSeen: time, lastSeen: time });
    const strong = channel.evidence === 'trap' || channel.evidence === 'malware';
    if (!report)
      reports.push((report = { member, lastNew: time, ageKnown: fresh, ended: 0, episodes: 0, strong }));
    report.ended = 0;
    if (fresh || report.episodes === 0) report.episodes++;
    if (!fresh) continue;
    report.lastNew = time;
    report.ageKnown = true;
    const slash16 = Math.floor(subject / 65_536);
    near.set(slash24, (near.get(slash24) ?? 0) + fade(at - time, 3));
    wide.set(slash16, (wide.get(slash16) ?? 0) + fade(at - time, 3));
  }
  const subjects = Uint32Array.from(known.keys());
  const shared = agreementOf(known, members.length);
  const size = subjects.length;
  const scores: Record<string, Float64Array> = { ours: new Float64Array(size) };
  for (const method of METHODS) scores[method] = new Float64Array(size);
  const features = new Float32Array(size * FEATURES.length);
  const put = (name: string, i: number, value: number) => {
    const column = scores[name];
    if (column) column[i] = value;
  };
  for (const [i, subject] of subjects.entries()) {
    const reports = known.get(subject) ?? [];
    const latest = Math.max(...reports.map(({ lastNew }) => lastNew));
    const isNear = ({ ageKnown, lastNew }: Known) => ageKnown && at - lastNew < 3 * HOUR_MS;
    const sum = reports.reduce((total, { lastNew }) => total + fade(at - lastNew, 12), 0);
    const own = reports.reduce((total, r) => total + (r.ageKnown ? fade(at - r.lastNew, 3) : 0), 0);
    const first = scoreSubject({
      ...{ type: 'ip', sightings: sightings.get(subject) ?? [], standings: NOBODY_RATED, now: at },
      context: { isDynamic: false, owners: new Set(), wasListed: false },
    });
    put('first model', i, first.score);
    put('distinct members', i, reports.length);
    put('most recent', i, latest);
    put('decayed sum', i, sum);
    // Polynomial decay (Iklody, Wagener, Dulaunoy, Mokaddem 2018) with the lifetime and speed of MISP's NIDS model.
    const misp = reports.map(
      (r) => (r.strong ? 100 : 50) * (1 - ((at - r.lastNew) / (120 * 24 * HOUR_MS)) ** 0.5),
    );
    put('MISP decay', i, Math.max(...misp));
    // Members count by how much others agree with them; only the last day does.
    put(
      'consensus',
      i,
      reports.reduce((t, r) => t + (at - r.lastNew < 24 * HOUR_MS ? (shared[r.member] ?? 0) : 0), 0),
    );
    features.set(
      [
        reports.length,
        reports.filter(({ ended }) => ended === 0).length,
        reports.filter(isNear).length,
        Math.log1p((at - latest) / HOUR_MS),
        Math.log1p(reports.reduce((t, { episodes }) => t + episodes, 0)),
        sum,
        Math.log1p(Math.max(0, (near.get(Math.floor(subject / 256)) ?? 0) - own)),
        Math.log1p(Math.max(0, (wide.get(Math.floor(subject / 65_536)) ?? 0) - own)),
        Math.log1p(knownNear.get(Math.floor(subject / 256)) ?? 0),
        reports.filter(({ strong }) => strong).length,
      ],
      i * FEATURES.length,
    );
  }
  const hours = (end - at) / HOUR_MS;
  const probability = new Float64Array(size);
  const published = new Float64Array(size);
  const before = performance.now();
  for (const [i, subject] of subjects.entries()) published[i] = ledger.assess(formatIpv4(subject), at).score;
  const rescoredPerSecond = (1_000 * size) / (performance.now() - before);
  for (const [i, subject] of subjects.entries()) {
    put('ours', i, ledger.riskOf(formatIpv4(subject), at));
    probability[i] = ledger.assess(formatIpv4(subject), at, hours).probability;
  }
  const position = new Map(Array.from(subjects, (subject, i) => [subject, i]));
  const came = new Uint8Array(size);
  const targets: Target[] = [];
  for (const member of members) {
    const { standing, later } = afterwards(win, member, at, end);
    for (const subject of later) {
      const i = position.get(subject);
      if (i !== undefined && member !== without) came[i] = 1;
    }
    if (without !== undefined && member !== without) continue;
    const candidates = Uint32Array.from(subjects.keys()).filter((i) => !standing.has(subjects[i] ?? 0));
    const hits = Uint8Array.from(candidates, (i) => (later.has(subjects[i] ?? 0) ? 1 : 0));
    targets.push({ member, candidates, hits });
  }
  const result = {
    window: win.name,
    without,
    subjects,
    scores,
    features,
    targets,
    probability,
    came,
    published,
  };
  return { ...result, observationsPerSecond, rescoredPerSecond };
}

function rowOf(win: Window, i: number) {
  const channel = win.channels[win.channel[i] ?? 0];
  if (channel === undefined) throw new Error(`row ${String(i)} has no feed`);
  return {
    time: win.time[i] ?? 0,
    channel,
    subject: win.subject[i] ?? 0,
    ended: win.ended[i] === 1,
    fresh: win.fresh[i] === 1,
  };
}

/** What a member listed at a time, and what it newly listed from then on. */
function afterwards(win: Window, member: string, at: number, end: number) {
  const feeds = new Map<number, Set<string>>();
  const later = new Set<number>();
  for (let i = 0; i < win.time.length && (win.time[i] ?? 0) <= end; i++) {
    const { time, channel, subject, ended, fresh } = rowOf(win, i);
    if (channel.member !== member) continue;
    if (time <= at) {
      let on = feeds.get(subject);
      if (!on) feeds.set(subject, (on = new Set()));
      if (ended) on.delete(channel.feed);
      else on.add(channel.feed);
    } else if (fresh && !ended) later.add(subject);
  }
  const standing = new Set([...feeds].filter(([, on]) => on.size > 0).map(([subject]) => subject));
  return { standing, later };
}

/** Of each member, the share of its subjects that others name too. */
function agreementOf(known: ReadonlyMap<number, readonly Known[]>, members: number): number[] {
  const all = new Float64Array(members);
  const agreed = new Float64Array(members);
  for (const reports of known.values()) {
    for (const { member } of reports) {
      all[member] = (all[member] ?? 0) + 1;
      if (reports.length > 1) agreed[member] = (agreed[member] ?? 0) + 1;
    }
  }
  return Array.from(all, (count, member) => (1 + (agreed[member] ?? 0)) / (2 + count));
}
