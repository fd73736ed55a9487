import { answered, FEEDBACK, reviewed, standingOf, type Alert, type Answer } from '@sekisho/feedback';
import type { Category } from '@sekisho/report';
import type { DataSource, EntityManager } from 'typeorm';
import { tellOwner } from './tell-owner.js';
import { ALERT_COLUMNS, toAlert, type AlertRow } from './alert-row.js';
import { writeAlert } from './keep-alerts.js';

/** As its owner gets it. */
export interface StoredAlert extends Alert {
  readonly id: string;
  readonly subject: string;
  readonly category: Category;
  readonly openedAt: Date;
  /** Pieces of sealed evidence about it that wait for the owner. */
  readonly evidenceCount: number;
}

/** No alert of this id is the member's. */
export class AlertNotFound extends Error {
  override readonly name = 'AlertNotFound';
  readonly kind = 'Rejected';
  readonly code = 'alert-unknown';
  constructor() {
    super('no alert of this id is yours');
  }
}

interface StoredRow extends AlertRow {
  readonly category: Category;
  readonly opened_at: Date;
  readonly evidence_count: number;
}

const STORED = `SELECT ${ALERT_COLUMNS}, category, opened_at, (SELECT count(*)::int FROM sealed_evidence e
  WHERE e.owner = alert.owner AND e.subject = alert.subject) AS evidence_count FROM alert`;

const toStored = (row: StoredRow): StoredAlert => ({
  ...toAlert(row),
  ...{ id: row.id, subject: row.subject, category: row.category },
  ...{ openedAt: row.opened_at, evidenceCount: row.evidence_count },
});

export class AlertRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. One more than `first` tells that there is a next page. */
  async list(
    owner: string,
    page: { first: number; before: { openedAt: Date; id: string } | undefined; isOpenOnly: boolean },
  ): Promise<StoredAlert[]> {
    const rows: StoredRow[] = await this.dataSource.query(
      `${STORED} WHERE owner = $1 AND (NOT $2 OR closed_at IS NULL)
         AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', opened_at), id) < ($3, $4::uuid))
       ORDER BY date_trunc('milliseconds', opened_at) DESC, id DESC LIMIT $5`,
      [owner, page.isOpenOnly, page.before?.openedAt ?? null, page.before?.id ?? null, page.first + 1],
    );
    return rows.map(toStored);
  }

  async find(owner: string, id: string): Promise<StoredAlert | undefined> {
    const [row]: StoredRow[] = await this.dataSource.query(`${STORED} WHERE id = $1 AND owner = $2`, [
      ...[id, owner],
    ]);
    return row && toStored(row);
  }

  /** Takes the owner's answer. @throws {AlertNotFound | AnswerRefused} */
  async answer(owner: string, id: string, answer: Answer, now: Date): Promise<StoredAlert> {
    return this.dataSource.transaction(async (manager) => {
      const [row]: AlertRow[] = await manager.query(
        `SELECT ${ALERT_COLUMNS} FROM alert WHERE id = $1 AND owner = $2 FOR UPDATE`,
        [id, owner],
      );
      if (!row) throw new AlertNotFound();
      const before = toAlert(row);
      const standing = standingOf(await fixRecord(manager, owner, now));
      await writeAlert(manager, id, answered(before, answer, standing, now.getTime()), now, before);
      const [stored]: StoredRow[] = await manager.query(`${STORED} WHERE id = $1`, [id]);
      if (!stored) throw new AlertNotFound();
      return toStored(stored);
    });
  }

  /** Closes alerts whose fix stayed quiet; their subjects are due for scoring. @returns how many */
  async review(now: Date): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      // A subject whose report is not scored yet waits: it may have been seen again.
      const rows: AlertRow[] = await manager.query(
        `SELECT ${ALERT_COLUMNS} FROM alert WHERE closed_at IS NULL AND quiet_at <= $1
           AND NOT EXISTS (SELECT FROM receipt r JOIN sighting s ON s.receipt_id = r.id AND s.received_at = r.received_at
             WHERE r.scored_at IS NULL AND s.subject = alert.subject)
         ORDER BY subject LIMIT 500 FOR UPDATE SKIP LOCKED`,
        [now],
      );
      for (const row of rows) {
        const before = toAlert(row);
        const changed = reviewed(before, now.getTime());
        await writeAlert(manager, row.id, changed.alert, now, before);
        await tellOwner(manager, row.id, changed, now);
      }
      await manager.query('UPDATE reputation SET next_review_at = $2 WHERE subject = ANY($1)', [
        rows.map(({ subject }) => subject),
        now,
      ]);
      return rows.length;
    });
  }
}

async function fixRecord(manager: EntityManager, owner: string, now: Date) {
  const [row]: { kept: number; failed: number }[] = await manager.query(
    `SELECT (count(*) FILTER (WHERE outcome = 'fixed' AND closed_at > $2))::int AS kept,
       coalesce(sum(failed_fixes) FILTER (WHERE last_failed_at > $2), 0)::int AS failed FROM alert WHERE owner = $1`,
    [owner, new Date(now.getTime() - FEEDBACK.recordMs)],
  );
  return row ?? { kept: 0, failed: 0 };
}
