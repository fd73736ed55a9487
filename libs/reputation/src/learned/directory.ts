import type { Category, Evidence } from '@sekisho/report';
import { evidenceIndex, type ChannelFacts } from './factors.js';
import type { ReportState } from './evidence.js';
import type { Observation } from './observation.js';
import type { Tally } from './records.js';

export interface Channel extends ChannelFacts {
  readonly reporterName: string;
  voice: number;
  onProbation: boolean;
  readonly tally: Tally;
  readonly category: Category;
  readonly evidenceClass: Evidence;
  /** Seconds since 1970. */
  readonly firstAt: number;
}

/** Numbers for reporters and their channels, in the order of their first report. */
export class Directory {
  readonly channels: Channel[] = [];
  readonly #reporters = new Map<string, number>();
  readonly #channelOf = new Map<string, number>();

  get reporters(): number {
    return this.#reporters.size;
  }

  indexOf({ reporter: reporterName, category, evidence }: Observation, at: number): number {
    const name = `${reporterName}\u0000${category}\u0000${evidence}`;
    const known = this.#channelOf.get(name);
    if (known !== undefined) return known;
    let reporter = this.#reporters.get(reporterName);
    if (reporter === undefined) this.#reporters.set(reporterName, (reporter = this.#reporters.size));
    const index = this.channels.length;
    this.channels.push({
      reporterName,
      reporter,
      voice: reporter,
      onProbation: true,
      tally: { reported: 0, confirmed: 0, refuted: 0 },
      evidence: evidenceIndex(evidence),
      isGood: category === 'ham',
      category,
      evidenceClass: evidence,
      firstAt: at,
    });
    this.#channelOf.set(name, index);
    return index;
  }
}

/** Those that have said something, each once. */
export function reportersOf(reports: readonly ReportState[], channels: readonly ChannelFacts[]): number[] {
  const reporters: number[] = [];
  for (const { channel } of reports) {
    const reporter = channels[channel]?.reporter ?? -1;
    if (!reporters.includes(reporter)) reporters.push(reporter);
  }
  return reporters;
}
