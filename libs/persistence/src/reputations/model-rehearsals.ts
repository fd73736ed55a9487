// Rehearsing a model on the stored reports; nothing of it reaches a reputation or a zone.
import { MODEL_VERSION, Rehearsal, type RehearsalOutcome } from '@sekisho/reputation';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ForecastRepository } from './forecast.repository.js';
import { positionBefore, reportPages } from './report-pages.js';
import { readWarningLists } from './warning-lists.js';

const DAY_MS = 24 * 3_600_000;

export interface ModelRehearsal {
  /** The model that was rehearsed. */
  readonly model: string;
  /** Version of the model whose listings it was compared with. */
  readonly inForce: string;
  readonly reportsFrom: Date;
  readonly rehearsedAt: Date;
  readonly outcome: RehearsalOutcome;
}

/** Brier scores of a model in shadow and of what was in force, over the same forecasts; the outcome by any member, and by another. */
export interface PublishedShadow {
  readonly asOf: Date;
  readonly modelVersion: string;
  readonly forecasts: number;
  readonly brier: number;
  readonly brierOfAnother: number;
  readonly inForce: number;
  readonly inForceOfAnother: number;
}

export class ModelRehearsals {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Gives the learning model the reports of the last `days` that were not taken back, compares what it would list with what
   * is listed, and records both. Networks are left out: they are listed for their addresses.
   */
  async rehearse(days: number, now: Date): Promise<ModelRehearsal> {
    const reportsFrom = new Date(now.getTime() - days * DAY_MS);
    const rehearsal = new Rehearsal(await readWarningLists());
    for await (const { reports } of reportPages(this.dataSource, positionBefore(reportsFrom), now)) {
      for (const report of reports) rehearsal.observe(report);
    }
    const listed: { subject: string }[] = await this.dataSource.query(
      `SELECT subject FROM reputation WHERE listed AND subject_type <> 'network'`,
    );
    const corrections: { digest: string }[] = await this.dataSource.query(
      `SELECT encode(subject_digest, 'hex') AS digest FROM privacy_request WHERE kind = 'correction' AND done_at >= $1`,
      [reportsFrom],
    );
    const contested = new Set(corrections.map(({ digest }) => digest));
    const outcome = rehearsal.outcome({
      at: now.getTime(),
      listed: new Set(listed.map(({ subject }) => subject)),
      isContested: (subject) => contested.has(createHash('sha256').update(subject).digest('hex')),
    });
    const rehearsed = { model: 'learned', inForce: MODEL_VERSION, reportsFrom, rehearsedAt: now, outcome };
    await this.dataSource.query(
      `INSERT INTO model_rehearsal (model, in_force, reports_from, rehearsed_at, outcome) VALUES ($1, $2, $3, $4, $5)`,
      [rehearsed.model, rehearsed.inForce, reportsFrom, now, JSON.stringify(outcome)],
    );
    return rehearsed;
  }

  /** The record, newest first; at most 1,000. */
  async list(): Promise<readonly ModelRehearsal[]> {
    return this.dataSource.query(
      `SELECT model, in_force AS "inForce", reports_from AS "reportsFrom", rehearsed_at AS "rehearsedAt", outcome
       FROM model_rehearsal ORDER BY rehearsed_at DESC, id LIMIT 1000`,
    );
  }

  /** What was published last of a model in shadow; undefined while none follows, or too little came. */
  async inShadow(): Promise<PublishedShadow | undefined> {
    const published = await new ForecastRepository(this.dataSource).published();
    const measured = published?.measurements.find(({ inForce }) => inForce !== undefined);
    if (!published || !measured?.inForce) return undefined;
    return {
      ...{ asOf: published.asOf, modelVersion: measured.modelVersion, forecasts: measured.forecasts },
      ...{ brier: measured.anyMember.brier, brierOfAnother: measured.anotherMember.brier },
      ...{ inForce: measured.inForce.anyMember, inForceOfAnother: measured.inForce.anotherMember },
    };
  }
}
