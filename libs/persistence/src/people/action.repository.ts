// Who did what when: one row for each thing that a person did, without what it was about.
import type { Operation, PersonRole } from '@sekisho/access';
import type { DataSource } from 'typeorm';
import type { Sql } from '../database.js';

export interface NewPersonAction {
  /** undefined for the operator at the hub's machine. */
  readonly personId: string | undefined;
  readonly memberId: string | undefined;
  readonly role: PersonRole;
  readonly operation: Operation;
  /** The route or field: `answerAlert`. */
  readonly action: string;
  /** The person that it was done to, if any. */
  readonly about?: string;
}

export interface PersonAction extends NewPersonAction {
  readonly at: Date;
  /** `done`, or the code of the refusal; undefined when the hub stopped before it knew. */
  readonly outcome: string | undefined;
}

export async function noteAction(
  sql: Sql,
  { personId, memberId, role, operation, action, about }: NewPersonAction,
  now: Date,
  outcome?: string,
): Promise<string> {
  const [row]: { id: string }[] = await sql.query(
    `INSERT INTO person_action (at, person_id, member_id, role, operation, action, outcome, about)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [now, personId ?? null, memberId ?? null, role, operation, action, outcome ?? null, about ?? null],
  );
  if (!row) throw new Error('a row that was inserted did not come back');
  return row.id;
}

interface ActionRow extends Omit<PersonAction, 'personId' | 'memberId' | 'outcome' | 'about'> {
  readonly personId: string | null;
  readonly memberId: string | null;
  readonly outcome: string | null;
  readonly about: string | null;
}

export class PersonActionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Written before the action, so that nothing is done that is not on the record. */
  begin(action: NewPersonAction, now: Date): Promise<string> {
    return noteAction(this.dataSource, action, now);
  }

  /** What is over when it is written. */
  async note(action: NewPersonAction, now: Date, outcome: string): Promise<void> {
    await noteAction(this.dataSource, action, now, outcome);
  }

  async finish(id: string, outcome: string, about?: string): Promise<void> {
    await this.dataSource.query('UPDATE person_action SET outcome = $2, about = $3 WHERE id = $1', [
      ...[id, outcome, about ?? null],
    ]);
  }

  /** The newest first; of one person, or of all. */
  async list(limit: number, personId?: string): Promise<PersonAction[]> {
    const rows: ActionRow[] = await this.dataSource.query(
      `SELECT at, person_id AS "personId", member_id AS "memberId", role, operation, action, outcome, about
       FROM person_action WHERE $2::uuid IS NULL OR person_id = $2 OR about = $2 ORDER BY id DESC LIMIT $1`,
      [limit, personId ?? null],
    );
    return rows.map(({ about, ...row }) => ({
      ...row,
      personId: row.personId ?? undefined,
      memberId: row.memberId ?? undefined,
      outcome: row.outcome ?? undefined,
      ...(about !== null && { about }),
    }));
  }
}
