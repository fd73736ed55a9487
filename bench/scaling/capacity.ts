// The capacity model: what a federation of a given size needs of each kind of process, and what becomes of a day's load.
// Pure arithmetic over measured coefficients; every assumption is a field of Assumptions.
import type { Coefficients } from './coefficients.ts';

export interface Federation {
  readonly members: number;
  readonly reportsPerDay: number;
  readonly lookupsPerSecond: number;
}

export interface Assumptions {
  /** Highest hour over the mean of the day: mail follows people. */
  readonly peakOverMean: number;
  /** Of a processor that is planned with; the rest is for bursts and for the failure of a neighbour. */
  readonly utilisation: number;
  readonly retentionDays: number;
  /** Distinct subjects among a day's reports. */
  readonly subjectsPerReport: number;
  readonly edgeSites: number;
  /** Lookups that resolvers of members answer from their caches, before an edge is asked. */
  readonly cachedShare: number;
  readonly coreMonthPrice: number;
  readonly gibMonthPrice: number;
  /** Processors of the largest database server that is taken for given. */
  readonly databaseCoresAtMost: number;
  /** What one such server's disks sustain of write-ahead log and checkpoints, bytes a second. */
  readonly walBytesAtMost: number;
  /** What one server holds and a backup of it can still be restored from in a night. */
  readonly databaseBytesAtMost: number;
}

export const ASSUMPTIONS: Assumptions = {
  peakOverMean: 2,
  utilisation: 0.6,
  retentionDays: 60,
  subjectsPerReport: 0.2,
  edgeSites: 4,
  cachedShare: 0,
  coreMonthPrice: 20,
  gibMonthPrice: 0.1,
  databaseCoresAtMost: 64,
  walBytesAtMost: 200e6,
  databaseBytesAtMost: 4e12,
};

export interface Need {
  readonly part: string;
  readonly cores: number;
  readonly gib: number;
  /** Largest federation, as a multiple of this one, that one server of the kind carries; Infinity: more are added beside it. */
  readonly headroom: number;
  readonly note: string;
}

const DAY_SECONDS = 86_400;
const GIB = 1024 ** 3;

const meanRate = ({ reportsPerDay }: Federation) => reportsPerDay / DAY_SECONDS;

export function needsOf(federation: Federation, measured: Coefficients, given: Assumptions): Need[] {
  const peak = meanRate(federation) * given.peakOverMean;
  const cores = (secondsPer1000: number) => (peak * secondsPer1000) / 1_000 / given.utilisation;
  const { hub, databaseStore, databaseScore, worker, redis } = measured.per1000Reports;
  const subjects = federation.reportsPerDay * given.subjectsPerReport * given.retentionDays;
  const stored =
    federation.reportsPerDay * given.retentionDays * measured.bytes.perReport +
    subjects * measured.bytes.perSubject;
  const databaseCores = cores(databaseStore + databaseScore);
  const wal = peak * measured.bytes.walPerReport;
  const asked = federation.lookupsPerSecond * (1 - given.cachedShare);
  // One site may be away: the others carry its part.
  const siteShare = given.edgeSites > 1 ? given.edgeSites / (given.edgeSites - 1) : 1;
  const edgeCores = ((asked * measured.perMillionLookups) / 1e6 / given.utilisation) * siteShare;
  const limits = {
    processors: given.databaseCoresAtMost / databaseCores,
    log: given.walBytesAtMost / wal,
    disk: given.databaseBytesAtMost / stored,
  };
  const [first] = Object.entries(limits).sort(([, a], [, b]) => a - b);
  return [
    { part: 'hubs', cores: cores(hub), gib: 0, headroom: Infinity, note: 'beside one another' },
    { part: 'workers', cores: cores(worker), gib: 0, headroom: Infinity, note: 'beside one another' },
    {
      part: 'database',
      cores: databaseCores,
      gib: stored / GIB,
      headroom: first?.[1] ?? Infinity,
      note: `${(wal / 1e6).toFixed(0)} MB/s of log; its ${first?.[0] ?? ''} give out first`,
    },
    {
      part: 'Redis',
      cores: cores(redis),
      gib: 1,
      // One thread does the work.
      headroom: given.utilisation / cores(redis),
      note: 'one processor, whatever the machine has',
    },
    {
      part: 'edges',
      cores: edgeCores,
      gib: 0,
      headroom: Infinity,
      note: `${String(given.edgeSites)} sites, one may be away`,
    },
  ];
}

export const monthlyPrice = ({ cores, gib }: Need, given: Assumptions): number =>
  Math.ceil(cores) * given.coreMonthPrice + gib * given.gibMonthPrice;

export interface Day {
  /** Reports that wait at the worst moment. */
  readonly longestQueue: number;
  /** Seconds that the last of them waits to be scored. */
  readonly longestWaitSeconds: number;
  /** Of the minutes of the day, those in which a report waits over a minute. */
  readonly lateMinutes: number;
}

/** An outbreak: so many times the usual load, for so many minutes, in the busiest hour. */
export interface Outbreak {
  readonly times: number;
  readonly minutes: number;
}

/** A day minute by minute: load that follows the hours, an outbreak at its height, and workers and a database that do what they can. */
export function simulateDay(
  federation: Federation,
  measured: Coefficients,
  options: { workerCores: number; databaseCores: number; peakOverMean: number; outbreak: Outbreak },
): Day {
  const { workerOfTwo, databaseStore, databaseScoreOfTwo } = measured.per1000Reports;
  const mean = meanRate(federation);
  const minutes = 24 * 60;
  let [queue, longestQueue, longestWaitSeconds, lateMinutes] = [0, 0, 0, 0];
  for (let minute = 0; minute < minutes; minute++) {
    const ofDay = (minute / minutes) * 2 * Math.PI;
    const usual = mean * (1 - (options.peakOverMean - 1) * Math.cos(ofDay));
    const isOutbreak = minute >= minutes / 2 && minute < minutes / 2 + options.outbreak.minutes;
    const arriving = Math.max(0, usual) * (isOutbreak ? options.outbreak.times : 1);
    // What is accepted comes first: storing takes its part of the database before scoring does.
    const databaseLeft = Math.max(0, options.databaseCores - (arriving * databaseStore) / 1_000);
    const scored = Math.min(
      (options.workerCores / workerOfTwo) * 1_000,
      (databaseLeft / databaseScoreOfTwo) * 1_000,
    );
    queue = Math.max(0, queue + (arriving - scored) * 60);
    const wait = scored > 0 ? queue / scored : Infinity;
    longestQueue = Math.max(longestQueue, queue);
    longestWaitSeconds = Math.max(longestWaitSeconds, wait);
    if (wait > 60) lateMinutes += 1;
  }
  return { longestQueue, longestWaitSeconds, lateMinutes };
}
