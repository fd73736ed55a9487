// All reports of a file in typed arrays, about 50 bytes each, so that millions fit into memory.
import { CATEGORIES, EVIDENCE } from '@sekisho/report';
import type { ReportLine } from './report-line.js';

/** Of `ended`: nothing, a removal, or a time from this value on. */
const NOT_ENDED = 0;
const REMOVAL = 1;
/** Of a list: its end. */
const NOTHING = -1;
const FIRST_SIZE = 65_536;

/** Gives every different text a number and keeps one copy of it. */
class Names {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}

export class ReportColumns {
  /** Number of reports held. */
  length = 0;
  private readonly reporters = new Names();
  private readonly subjects = new Names();
  private times = new Float64Array(FIRST_SIZE);
  private firsts = new Float64Array(FIRST_SIZE);
  private lasts = new Float64Array(FIRST_SIZE);
  private ends = new Float64Array(FIRST_SIZE);
  private counts = new Int32Array(FIRST_SIZE);
  private reporterOf = new Uint32Array(FIRST_SIZE);
  private subjectOf = new Uint32Array(FIRST_SIZE);
  private categoryOf = new Uint8Array(FIRST_SIZE);
  private evidenceOf = new Uint8Array(FIRST_SIZE);
  private influenced = new Uint8Array(FIRST_SIZE);

  add(line: ReportLine): void {
    if (this.length === this.times.length) this.grow();
    const i = this.length++;
    this.times[i] = line.time;
    this.firsts[i] = line.firstSeen;
    this.lasts[i] = line.lastSeen;
    this.ends[i] = line.ended === undefined ? NOT_ENDED : line.ended === true ? REMOVAL : line.ended;
    this.counts[i] = line.count;
    this.reporterOf[i] = this.reporters.numberOf(line.reporter);
    this.subjectOf[i] = this.subjects.numberOf(line.subject);
    this.categoryOf[i] = CATEGORIES.indexOf(line.category);
    this.evidenceOf[i] = EVIDENCE.indexOf(line.evidence);
    this.influenced[i] = line.influenced ? 1 : 0;
  }

  /** Every subject with its reports until `until`, in the order of the file. Subjects without one are left out. */
  *bySubject(until: number): Generator<{ subject: string; reports: ReportLine[] }> {
    // The reports of each subject as a list from the last to the first: two numbers a report instead of an array a subject.
    const heads = new Int32Array(this.subjects.texts.length).fill(NOTHING);
    const before = new Int32Array(this.length).fill(NOTHING);
    for (let i = 0; i < this.length; i++) {
      if ((this.times[i] ?? 0) > until) continue;
      const subject = this.subjectOf[i] ?? 0;
      before[i] = heads[subject] ?? NOTHING;
      heads[subject] = i;
    }
    for (const [subject, text] of this.subjects.texts.entries()) {
      const reports: ReportLine[] = [];
      for (let i = heads[subject] ?? NOTHING; i !== NOTHING; i = before[i] ?? NOTHING)
        reports.push(this.at(i));
      if (reports.length > 0) yield { subject: text, reports: reports.reverse() };
    }
  }

  /** Reports and ends of reports until `until`, in the order of time; of the same time, in that of the file. */
  *inOrder(until: number): Generator<{ time: number; report: ReportLine; ended: boolean }> {
    for (const moment of this.momentsUntil(until)) {
      const isLaterEnd = moment >= this.length;
      const report = this.at(isLaterEnd ? moment - this.length : moment);
      yield { time: this.timeOf(moment), report, ended: isLaterEnd || report.ended === true };
    }
  }

  /** Rows, and `length` more than its row for the end of a report; both as numbers, so that sorting needs no objects. */
  private momentsUntil(until: number): Uint32Array {
    const moments = new Uint32Array(2 * this.length);
    let found = 0;
    const take = (moment: number) => {
      if (this.timeOf(moment) > until) return;
      moments[found++] = moment;
    };
    for (let i = 0; i < this.length; i++) {
      take(i);
      if ((this.ends[i] ?? NOT_ENDED) > REMOVAL && (this.times[i] ?? 0) <= until) take(this.length + i);
    }
    const used = moments.subarray(0, found);
    const isSorted = used.every(
      (moment, i) => i === 0 || this.timeOf(used[i - 1] ?? 0) <= this.timeOf(moment),
    );
    return isSorted ? used : used.sort((a, b) => this.timeOf(a) - this.timeOf(b));
  }

  private timeOf(moment: number): number {
    if (moment < this.length) return this.times[moment] ?? 0;
    const row = moment - this.length;
    // Nobody knew of the end before the report came.
    return Math.max(this.times[row] ?? 0, this.ends[row] ?? 0);
  }

  private at(i: number): ReportLine {
    const end = this.ends[i] ?? NOT_ENDED;
    const ended = end === NOT_ENDED ? undefined : end === REMOVAL ? true : end;
    return {
      time: this.times[i] ?? 0,
      reporter: this.reporters.texts[this.reporterOf[i] ?? 0] ?? '',
      subject: this.subjects.texts[this.subjectOf[i] ?? 0] ?? '',
      category: CATEGORIES[this.categoryOf[i] ?? 0] ?? 'ham',
      evidence: EVIDENCE[this.evidenceOf[i] ?? 0] ?? 'manual',
      count: this.counts[i] ?? 1,
      firstSeen: this.firsts[i] ?? 0,
      lastSeen: this.lasts[i] ?? 0,
      influenced: this.influenced[i] === 1,
      ...(ended !== undefined && { ended }),
    };
  }

  private grow(): void {
    const floats = (old: Float64Array) => copied(new Float64Array(old.length * 2), old);
    const words = (old: Uint32Array) => copied(new Uint32Array(old.length * 2), old);
    const bytes = (old: Uint8Array) => copied(new Uint8Array(old.length * 2), old);
    this.times = floats(this.times);
    this.firsts = floats(this.firsts);
    this.lasts = floats(this.lasts);
    this.ends = floats(this.ends);
    this.counts = copied(new Int32Array(this.counts.length * 2), this.counts);
    this.reporterOf = words(this.reporterOf);
    this.subjectOf = words(this.subjectOf);
    this.categoryOf = bytes(this.categoryOf);
    this.evidenceOf = bytes(this.evidenceOf);
    this.influenced = bytes(this.influenced);
  }
}

function copied<T extends { set(from: ArrayLike<number>): void }>(target: T, from: ArrayLike<number>): T {
  target.set(from);
  return target;
}
