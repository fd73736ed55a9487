import {
  ActionRefused,
  commanded,
  CONDUCT_VERSION,
  CURRENT_RULES,
  draftOf,
  edited,
  settled,
  type ActionCommand,
  type ActionState,
  type Proposal,
} from '@sekisho/workgroup';
import { isDeepStrictEqual } from 'node:util';
import type { DataSource, EntityManager } from 'typeorm';
import { ACTION_COLUMNS, IS_PUBLIC, withVotes, type ActionRow, type StoredAction } from './action-row.js';
import { carryOut } from './effects.js';
import { factsFor } from './facts.js';
import { announce, recordChange, writeAction, type ActionChange } from './write-action.js';

/** Who gives a command, and what it has seen. */
export interface Commander {
  readonly memberId: string;
  readonly isOfficer: boolean;
  /** The version of the action that was looked at: a command on an older one is refused. */
  readonly version?: number | undefined;
}

/** Every field of a proposal, in the order in which the record names them. */
const PROPOSED: Readonly<Record<keyof Proposal, true>> = {
  ...{ title: true, reason: true, kind: true, subjects: true, category: true, concerns: true },
  ...{ campaign: true, isEmergency: true, parameters: true },
};

/** In one step of the clock. */
const DUE_AT_ONCE = 50;

export class ActionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first, one more than `first` when there are more. What was never proposed is shown to its own member alone. */
  async list(
    viewer: string | undefined,
    page: {
      first: number;
      before: { proposedAt: Date; id: string } | undefined;
      state: ActionState | undefined;
    },
  ): Promise<StoredAction[]> {
    const rows: ActionRow[] = await this.dataSource.query(
      `SELECT ${ACTION_COLUMNS} FROM action WHERE (${IS_PUBLIC} OR proposed_by = $1)
         AND ($2::text IS NULL OR state = $2)
         AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', proposed_at), id) < ($3, $4::uuid))
       ORDER BY date_trunc('milliseconds', proposed_at) DESC, id DESC LIMIT $5`,
      [
        ...[viewer ?? null, page.state ?? null, page.before?.proposedAt ?? null, page.before?.id ?? null],
        page.first + 1,
      ],
    );
    return withVotes(this.dataSource, rows);
  }

  /** Undefined also for what another member never proposed. */
  async find(viewer: string | undefined, id: string): Promise<StoredAction | undefined> {
    const rows: ActionRow[] = await this.dataSource.query(
      `SELECT ${ACTION_COLUMNS} FROM action WHERE id = $1 AND (${IS_PUBLIC} OR proposed_by = $2)`,
      [id, viewer ?? null],
    );
    return (await withVotes(this.dataSource, rows))[0];
  }

  /** Everything that was proposed and changed since a revision, in that order. */
  async changedSince(revision: number): Promise<StoredAction[]> {
    const rows: ActionRow[] = await this.dataSource.query(
      `SELECT ${ACTION_COLUMNS} FROM action WHERE revision > $1 AND ${IS_PUBLIC} ORDER BY action.revision LIMIT 100`,
      [revision],
    );
    return withVotes(this.dataSource, rows);
  }

  async lastRevision(): Promise<number> {
    const [row]: { last: number | null }[] = await this.dataSource.query(
      'SELECT max(revision)::float8 AS last FROM action',
    );
    return row?.last ?? 0;
  }

  /** Keeps a proposal, and puts it before the members unless it is a draft. @throws {ActionRefused} */
  async propose(
    proposal: Proposal,
    { memberId, isOfficer }: Commander,
    { isDraft, now }: { isDraft: boolean; now: Date },
  ): Promise<StoredAction> {
    const { kind, isEmergency, subjects, concerns } = proposal;
    const drafted = draftOf(
      { kind, isEmergency, subjects, concerns, proposedBy: memberId },
      { rules: CURRENT_RULES, now: now.getTime(), reason: proposal.reason },
    );
    return this.dataSource.transaction(async (sql) => {
      if (concerns !== undefined) await requireMember(sql, concerns);
      const [row]: { id: string }[] = await sql.query(
        `INSERT INTO action (kind, title, reason, subjects, category, parameters, concerns, campaign, state, rules,
           is_emergency, proposed_by, proposed_at, version, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9, $10, $11, $12, 0, nextval('action_revision')) RETURNING id`,
        [
          ...[kind, proposal.title, proposal.reason, subjects, proposal.category ?? null],
          ...[JSON.stringify(proposal.parameters), concerns ?? null, proposal.campaign ?? null],
          ...[drafted.action.rules, isEmergency, memberId, now],
        ],
      );
      const stored = await locked(sql, row?.id ?? '');
      const facts = await factsFor(sql, stored, now);
      const actor = { memberId, isOfficer, hasAcceptedConduct: await hasAccepted(sql, memberId) };
      const at = { actor, facts, now: now.getTime() };
      const submitted = isDraft ? undefined : commanded(drafted.action, { type: 'propose' }, at);
      const rest = settled(submitted?.action ?? drafted.action, facts, now.getTime());
      return finish(
        sql,
        stored,
        {
          action: rest.action,
          transitions: [...drafted.transitions, ...(submitted?.transitions ?? []), ...rest.transitions],
          votes: [],
        },
        now,
      );
    });
  }

  /**
   * Gives a draft another content; the same one again changes nothing.
   * @throws {ActionRefused} action-changed when somebody else edited it since `version`; nothing has changed then
   */
  async edit(
    id: string,
    proposal: Proposal,
    { memberId, version }: Commander,
    now: Date,
  ): Promise<StoredAction> {
    return this.dataSource.transaction(async (sql) => {
      const stored = await locked(sql, id);
      if (!stored.isPublic && stored.proposedBy !== memberId) throw unknown(id);
      const { kind, isEmergency, subjects, concerns } = proposal;
      const fields = differing(stored, proposal);
      const content = { kind, isEmergency, subjects, concerns };
      const changed = edited(stored, content, { fields, actor: { memberId }, now: now.getTime() });
      if (changed.transitions.length === 0) return stored;
      requireVersion(stored, version);
      if (concerns !== undefined) await requireMember(sql, concerns);
      await sql.query(
        `UPDATE action SET kind = $2, title = $3, reason = $4, subjects = $5, category = $6, parameters = $7, concerns = $8,
           campaign = $9, is_emergency = $10 WHERE id = $1`,
        [
          ...[id, kind, proposal.title, proposal.reason, subjects, proposal.category ?? null],
          ...[JSON.stringify(proposal.parameters), concerns ?? null, proposal.campaign ?? null, isEmergency],
        ],
      );
      return finish(sql, { ...stored, ...proposal }, { ...changed, votes: [] }, now);
    });
  }

  /**
   * Gives a command to an action; the same one again changes nothing.
   * @throws {ActionRefused} and nothing has changed
   */
  async command(id: string, command: ActionCommand, commander: Commander, now: Date): Promise<StoredAction> {
    const { memberId, isOfficer, version } = commander;
    return this.dataSource.transaction(async (sql) => {
      const stored = await locked(sql, id);
      if (!stored.isPublic && stored.proposedBy !== memberId) throw unknown(id);
      const facts = await factsFor(sql, stored, now);
      const actor = { memberId, isOfficer, hasAcceptedConduct: await hasAccepted(sql, memberId) };
      // A vote that is over by now is over, also when the clock's own step has not come yet.
      const before = settled(stored, facts, now.getTime());
      const changed = commanded(before.action, command, { actor, facts, now: now.getTime() });
      const isNew = changed.transitions.length > 0 || changed.vote !== undefined;
      if (isNew) requireVersion(stored, version);
      const after = settled(changed.action, facts, now.getTime());
      return finish(
        sql,
        stored,
        {
          action: after.action,
          transitions: [...before.transitions, ...changed.transitions, ...after.transitions],
          votes: changed.vote ? [changed.vote] : [],
        },
        now,
      );
    });
  }

  /** Does what time or the members' agents have made due for one action. */
  async settle(id: string, now: Date): Promise<StoredAction> {
    return this.dataSource.transaction(async (sql) => {
      const stored = await locked(sql, id);
      const { action, transitions } = settled(stored, await factsFor(sql, stored, now), now.getTime());
      return finish(sql, stored, { action, transitions, votes: [] }, now);
    });
  }

  /** What time has made due. @returns when the next is due, in milliseconds; undefined: nothing is waited for */
  async settleDue(now: Date): Promise<number | undefined> {
    const due: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM action WHERE next_due_at <= $1 ORDER BY next_due_at LIMIT $2`,
      [now, DUE_AT_ONCE],
    );
    for (const { id } of due) await this.settle(id, now);
    const [next]: { at: number | null }[] = await this.dataSource.query(
      `SELECT (extract(epoch FROM min(next_due_at)) * 1000)::float8 AS at FROM action`,
    );
    return next?.at ?? undefined;
  }
}

/** @throws {ActionRefused} action-changed */
function requireVersion(stored: StoredAction, version: number | undefined): void {
  if (version === undefined || version === stored.version) return;
  throw new ActionRefused(
    'action-changed',
    `the action has version ${stored.version} by now, you saw ${version}: look again`,
  );
}

/** Without keys that hold nothing, which JSON does not keep. */
const asKept = (value: unknown): unknown =>
  typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value;

/** The fields of a draft that a proposal says otherwise. */
function differing(stored: StoredAction, proposal: Proposal): string[] {
  return (Object.keys(PROPOSED) as (keyof Proposal)[]).filter(
    (field) => !isDeepStrictEqual(asKept(stored[field]), asKept(proposal[field])),
  );
}

/** @throws {ActionRefused} action-unknown */
export async function locked(sql: EntityManager, id: string): Promise<StoredAction> {
  const rows: ActionRow[] = await sql.query(`SELECT ${ACTION_COLUMNS} FROM action WHERE id = $1 FOR UPDATE`, [
    id,
  ]);
  const [stored] = await withVotes(sql, rows);
  if (!stored) throw unknown(id);
  return stored;
}

export const unknown = (id: string) =>
  new ActionRefused('action-unknown', `no action ${id} that you can see`);

/** Writes what changed, does what it means, and reads it again; nothing is written when nothing changed. */
async function finish(
  sql: EntityManager,
  stored: StoredAction,
  change: ActionChange,
  now: Date,
): Promise<StoredAction> {
  if (change.transitions.length === 0 && change.votes.length === 0) return stored;
  const version = await writeAction(sql, stored, change);
  const isPublic = stored.isPublic || change.transitions.some(({ transition }) => transition === 'proposed');
  await carryOut(sql, { ...stored, ...change.action, version, isPublic }, change.transitions, now);
  await recordChange(sql, stored.id, change, now);
  await announce(sql, stored.id);
  return locked(sql, stored.id);
}

async function hasAccepted(sql: EntityManager, memberId: string): Promise<boolean> {
  const rows: unknown[] = await sql.query(
    'SELECT FROM conduct_acceptance WHERE member_id = $1 AND version = $2',
    [memberId, CONDUCT_VERSION],
  );
  return rows.length > 0;
}

async function requireMember(sql: EntityManager, memberId: string): Promise<void> {
  const rows: unknown[] = await sql.query('SELECT FROM member WHERE id = $1', [memberId]);
  if (rows.length === 0) throw new ActionRefused('action-malformed', `memberId: no member ${memberId}`);
}
