import { agreementAndRecency, riskPartsOf, type ScoringModel } from './assessment.js';
import type { Sample } from './calibration.js';
import { reportersOf } from './directory.js';
import type { Neighbourhood, ReportState } from './evidence.js';
import { factorsOf, ownStateOf, STATES } from './factors.js';
import { IntList } from './int-list.js';
import type { View } from './lift.js';
import { scramble } from './scramble.js';

/** A look at many subjects at one moment, waiting for what comes. */
export interface Checkpoint extends Sample {
  /** Seconds since 1970. */
  readonly at: number;
  readonly until: number;
  /** Views of each subject: first as a stranger sees it, then without each reporter that spoke about it. */
  readonly viewsFrom: Int32Array;
  /** Of each view: the reporter left out (-1: none), its own state (-1 while its report stands), its factors. */
  readonly without: Int32Array;
  readonly own: Int32Array;
  readonly starts: Int32Array;
  readonly factors: Int32Array;
}

export interface Label {
  readonly subject: number;
  readonly reporter: number;
  readonly at: number;
  /** Since when the reporter had not been seeing it. */
  readonly idleSince: number;
}

/** Share of the subjects that the calibration looks at. */
const CALIBRATION_SHARE = 0.1;

export function takeLook(
  at: number,
  until: number,
  subjects: readonly number[],
  known: (subject: number) => { reports: readonly ReportState[]; neighbourhood: Neighbourhood },
  model: ScoringModel,
): Checkpoint {
  const [sampled, learned]: [number[], number[]] = [[], []];
  const [viewsFrom, withoutOf, ownOf] = [new IntList(), new IntList(), new IntList()];
  const [starts, factors] = [new IntList(), new IntList()];
  const agreement = new Float32Array(subjects.length);
  const recency = new Float32Array(subjects.length);
  const out: number[] = [];
  const isAlone = model.channels.every(({ reporter }) => reporter === model.channels[0]?.reporter);
  const add = (without: number, own: number) => {
    withoutOf.push(without);
    ownOf.push(own);
    starts.push(factors.length);
    for (const factor of out) factors.push(factor);
  };
  for (const [position, subject] of subjects.entries()) {
    const { reports, neighbourhood } = known(subject);
    viewsFrom.push(withoutOf.length);
    const simple = agreementAndRecency(reports, model.channels, at);
    agreement[position] = simple.agreement;
    recency[position] = simple.recency;
    if (scramble(subject + 17 * at) < CALIBRATION_SHARE) {
      sampled.push(position);
      learned.push(riskPartsOf(reports, neighbourhood, model, at).learned);
    }
    factorsOf(reports, neighbourhood, model.channels, at, -1, out);
    add(-1, STATES);
    for (const reporter of reportersOf(reports, model.channels)) {
      const own = ownStateOf(reports, model.channels, reporter, at);
      // While its report stands the view is for ranking the subject among what others may name.
      if (own >= 0 || !isAlone) factorsOf(reports, neighbourhood, model.channels, at, reporter, out);
      else out.length = 0;
      add(reporter, own);
    }
  }
  return {
    ...{ at, until, agreement, recency },
    subjects: Int32Array.from(subjects),
    viewsFrom: viewsFrom.toArray(),
    without: withoutOf.toArray(),
    own: ownOf.toArray(),
    starts: starts.toArray(),
    factors: factors.toArray(),
    sampled: Int32Array.from(sampled),
    learned: Float32Array.from(learned),
  };
}

/** What was known of the subject at `position` apart from the reporter's own word; -1: from everybody. Written into `out`. */
export function viewAt(checkpoint: Checkpoint, position: number, reporter: number, out: View): View {
  const { viewsFrom, without, own, starts, factors } = checkpoint;
  const first = viewsFrom[position] ?? 0;
  const end = viewsFrom[position + 1] ?? without.length;
  let view = first;
  for (let i = first + 1; i < end; i++) if (without[i] === reporter) view = i;
  out.factors = factors;
  out.from = starts[view] ?? 0;
  out.to = starts[view + 1] ?? factors.length;
  out.own = own[view] ?? 0;
  return out;
}

/** Who newly reported each subject within the horizon of a look. */
export function reportersAfter(checkpoint: Checkpoint, labels: readonly Label[]): Map<number, number[]> {
  const reporters = new Map<number, number[]>();
  for (const { subject, reporter, at, idleSince } of labels) {
    if (at <= checkpoint.at || at > checkpoint.until || idleSince > checkpoint.at) continue;
    const known = reporters.get(subject);
    if (known === undefined) reporters.set(subject, [reporter]);
    else if (!known.includes(reporter)) known.push(reporter);
  }
  return reporters;
}
