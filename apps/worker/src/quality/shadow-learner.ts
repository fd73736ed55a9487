import { joinedSet, NO_REPORTS, reportPages, type ReportPosition, type Sql } from '@sekisho/persistence';
import { ShadowLedger } from '@sekisho/reputation';
import type { Followed, Foretold, ShadowModel } from './shadow-follower.js';

/** The learning model with what it reads. */
export class ShadowLearner implements ShadowModel {
  readonly #model = new ShadowLedger();

  constructor(private readonly sql: Sql) {}

  async follow(from: ReportPosition, until: Date): Promise<Followed> {
    let given = NO_REPORTS;
    for await (const { reports, set } of reportPages(this.sql, from, until)) {
      this.#model.observe(reports);
      given = joinedSet(given, set);
    }
    return { given };
  }

  foretell(subjects: readonly string[], at: Date): Promise<Foretold> {
    const scores = this.#model.foretell(subjects, at.getTime());
    return Promise.resolve({ scores, held: this.#model.subjects });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
