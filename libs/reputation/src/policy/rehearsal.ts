// What would change if the learning model listed instead of the model in force.
import { Ledger } from '../learned/ledger.js';
import type { Observation } from '../learned/observation.js';
import type { WarningLists } from '../warning-list.js';
import { learnedVerdict } from './learned-verdict.js';

export interface RehearsalOutcome {
  /** Reports that the rehearsed model was given. */
  readonly reports: number;
  /** Subjects that they are about. */
  readonly subjects: number;
  readonly listedNow: number;
  readonly listedThen: number;
  /** Listed then and not now. */
  readonly listedMore: number;
  /** Listed now and not then. */
  readonly listedLess: number;
  /** Of those whose listing changes, how many somebody has contested. */
  readonly appealsAffected: number;
}

export interface PresentListings {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly listed: ReadonlySet<string>;
  readonly isContested: (subject: string) => boolean;
}

/** Takes the reports of the past in the order of their times, then compares. What is listed now starts as listed then. */
export class Rehearsal {
  readonly #ledger = new Ledger();
  #reports = 0;

  constructor(private readonly warningLists: WarningLists) {}

  observe(report: Observation): void {
    this.#reports++;
    this.#ledger.observe(report);
  }

  outcome({ at, listed, isContested }: PresentListings): RehearsalOutcome {
    this.#ledger.catchUp(at);
    const listedThen = new Set<string>();
    for (const subject of this.#ledger.subjects()) {
      const options = {
        at,
        horizonHours: 24,
        warningLists: this.warningLists,
        wasListed: listed.has(subject),
      };
      if (learnedVerdict(this.#ledger, subject, options)?.listed === true) listedThen.add(subject);
    }
    const more = [...listedThen].filter((subject) => !listed.has(subject));
    const less = [...listed].filter((subject) => !listedThen.has(subject));
    return {
      reports: this.#reports,
      subjects: this.#ledger.subjects().length,
      listedNow: listed.size,
      listedThen: listedThen.size,
      ...{ listedMore: more.length, listedLess: less.length },
      appealsAffected: [...more, ...less].filter(isContested).length,
    };
  }
}
