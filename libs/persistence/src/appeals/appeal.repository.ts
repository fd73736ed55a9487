// Appeals from filing to their confirmation, and who reads them. Deciding is in decide-appeal.ts.
import type { Category } from '@sekisho/report';
import { formatSubject, type Subject } from '@sekisho/subject';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { setDecision } from '../decisions/decision.repository.js';
import { announceAppeal } from './announce.js';
import {
  SELECT_APPEAL,
  toAppeal,
  type AppealLanguage,
  type AppealRow,
  type AppealState,
  type Confirmation,
  type StoredAppeal,
} from './appeal-row.js';
import { correct, noteOutcome } from './corrections.js';
import { AppealRefused } from './errors.js';
import { HAS_REPORTED, mailNoLonger, tellReviewers, type AppealStep } from './tell-reviewers.js';
import { APPEAL_TERMS } from './terms.js';

export interface NewAppeal {
  readonly subject: Subject;
  readonly category: Category;
  readonly owner: string | undefined;
  readonly language: AppealLanguage;
  readonly words: string;
  readonly mail: string | undefined;
  /** Whoever has it may see and withdraw the appeal. */
  readonly secret: string;
  /** The solved puzzle, which counts once; undefined when the address itself asked. */
  readonly proof: string | undefined;
}

export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const UNIQUE_VIOLATION = '23505';
const isDuplicate = (error: unknown) =>
  (error as { driverError?: { code?: unknown } }).driverError?.code === UNIQUE_VIOLATION;

export class AppealRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Files an appeal, once for a secret: the same again gives the first one.
   * @throws {AppealRefused} appeal-proof when the puzzle was used for another one
   */
  async file(appeal: NewAppeal, now: Date): Promise<StoredAppeal> {
    const known = await this.bySecret(appeal.secret);
    if (known) return known;
    try {
      await this.dataSource.transaction(async (sql) => {
        const [row]: { id: string }[] = await sql.query(
          `INSERT INTO appeal (secret_digest, proof_digest, subject, subject_type, category, owner, language, state, filed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'unconfirmed', $8) RETURNING id`,
          [
            ...[digestOf(appeal.secret), appeal.proof === undefined ? null : digestOf(appeal.proof)],
            ...[formatSubject(appeal.subject), appeal.subject.type, appeal.category, appeal.owner ?? null],
            ...[appeal.language, now],
          ],
        );
        await sql.query(
          'INSERT INTO appeal_words (appeal_id, words, mail, forget_at) VALUES ($1, $2, $3, $4)',
          [row?.id, appeal.words, appeal.mail ?? null, new Date(now.getTime() + APPEAL_TERMS.unconfirmedMs)],
        );
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const filed = await this.bySecret(appeal.secret);
    if (filed) return filed;
    throw new AppealRefused('appeal-proof', 'this puzzle was used already; open the form again');
  }

  bySecret(secret: string): Promise<StoredAppeal | undefined> {
    return this.one('a.secret_digest = $1', digestOf(secret));
  }

  byId(id: string): Promise<StoredAppeal | undefined> {
    return this.one('a.id = $1', id);
  }

  byMailCode(code: string): Promise<StoredAppeal | undefined> {
    return this.one('a.mail_code_digest = $1', digestOf(code));
  }

  /** Confirmed ones unless a state is asked for, the newest first. One more than `first` tells of a next page. */
  async list(page: {
    readonly first: number;
    readonly before: { filedAt: Date; id: string } | undefined;
    readonly state: AppealState | undefined;
  }): Promise<StoredAppeal[]> {
    const rows: AppealRow[] = await this.dataSource.query(
      `${SELECT_APPEAL} WHERE ($1::text IS NULL AND a.confirmed_at IS NOT NULL OR a.state = $1)
         AND ($2::timestamptz IS NULL OR (date_trunc('milliseconds', a.filed_at), a.id) < ($2, $3::uuid))
       ORDER BY date_trunc('milliseconds', a.filed_at) DESC, a.id DESC LIMIT $4`,
      [page.state ?? null, page.before?.filedAt ?? null, page.before?.id ?? null, page.first + 1],
    );
    return rows.map(toAppeal);
  }

  /** Whether a member has reported the subject, or addresses in it, or owns it: then it does not review it. */
  async isConcerned(memberId: string, appeal: StoredAppeal): Promise<boolean> {
    if (appeal.owner === memberId) return true;
    const rows: unknown[] = await this.dataSource.query(`SELECT WHERE ${HAS_REPORTED('$1', '$2')}`, [
      ...[memberId, formatSubject(appeal.subject)],
    ]);
    return rows.length > 0;
  }

  /** Whether any zone lists it, whoever says so: campaigns list domains and hashes without a score. */
  async isPublished(subject: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT FROM zone_entry WHERE subject = $1 AND zone IN ('domain', 'hash') LIMIT 1`,
      [subject],
    );
    return rows.length > 0;
  }

  /** Where the owner of the network has itself told of abuse in it. */
  async abuseMail(owner: string): Promise<string | undefined> {
    const [row]: { mail_address: string | null }[] = await this.dataSource.query(
      `SELECT s.mail_address FROM event_stream s JOIN member m ON m.id = s.member_id
       WHERE m.id = $1 AND m.status = 'active'`,
      [owner],
    );
    return row?.mail_address ?? undefined;
  }

  /** Notes that the abuse contact gets a code now, unless it got one within `pauseMs`. @returns whether to send it */
  async beginMail(id: string, code: string, now: Date, pauseMs: number): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE appeal SET mail_code_digest = $2, mail_sent_at = $3
       WHERE id = $1 AND state = 'unconfirmed' AND (mail_sent_at IS NULL OR mail_sent_at <= $4)`,
      [id, digestOf(code), now, new Date(now.getTime() - pauseMs)],
    );
    return count > 0;
  }

  /**
   * Somebody with a right to speak for the subject stands behind the appeal. A first listing as a zombie is lifted at once;
   * everything else is for a reviewer. Once more changes nothing.
   * @throws {AppealRefused} appeal-state, appeal-open-already
   */
  async confirm(id: string, by: Confirmation, now: Date): Promise<StoredAppeal> {
    try {
      await this.dataSource.transaction(async (sql) => {
        const [row]: AppealRow[] = await sql.query(`${SELECT_APPEAL} WHERE a.id = $1 FOR UPDATE OF a`, [id]);
        if (!row) throw unknown();
        if (row.state === 'open' || row.state === 'decided') return;
        if (row.state === 'withdrawn') throw new AppealRefused('appeal-state', 'this appeal was withdrawn');
        const appeal = toAppeal(row);
        const released: unknown[] = await sql.query('SELECT FROM evidence_release WHERE subject = $1', [
          row.subject,
        ]);
        const isFirstZombie = row.category === 'zombie' && row.subject_type === 'ip' && released.length === 0;
        const dueAt = new Date(now.getTime() + APPEAL_TERMS.reviewMs);
        await sql.query(
          `UPDATE appeal SET state = 'open', confirmed_by = $2, confirmed_at = $3, due_at = $4, mail_code_digest = NULL,
             version = version + 1 WHERE id = $1`,
          [id, by, now, dueAt],
        );
        await sql.query('UPDATE appeal_words SET forget_at = $2 WHERE appeal_id = $1', [
          ...[id, new Date(now.getTime() + APPEAL_TERMS.keepMs)],
        ]);
        await announceAppeal(sql, id);
        if (!isFirstZombie) {
          await tellReviewers(sql, { id, dueAt }, 'filed', now);
          return;
        }
        await correct(sql, appeal, now);
        await sql.query('INSERT INTO evidence_release (subject, released_at) VALUES ($1, $2)', [
          row.subject,
          now,
        ]);
        await sql.query('UPDATE reputation SET next_review_at = $2 WHERE subject = $1', [row.subject, now]);
        await noteOutcome(sql, appeal, { outcome: 'released', reason: '', by: undefined }, now);
        await sql.query(`SELECT pg_notify('sekisho_review', '')`);
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new AppealRefused('appeal-open-already', 'an appeal about the same is under review already');
    }
    const confirmed = await this.byId(id);
    if (!confirmed) throw unknown();
    return confirmed;
  }

  /** What was written goes at once. @throws {AppealRefused} appeal-state when it was decided already */
  async withdraw(id: string): Promise<void> {
    await this.dataSource.transaction(async (sql) => {
      const [, count] = await sql.query<[unknown[], number]>(
        `UPDATE appeal SET state = 'withdrawn', mail_code_digest = NULL, version = version + 1
         WHERE id = $1 AND state IN ('unconfirmed', 'open', 'withdrawn')`,
        [id],
      );
      if (count === 0) throw new AppealRefused('appeal-state', 'it was decided already');
      await sql.query('DELETE FROM appeal_words WHERE appeal_id = $1', [id]);
      await mailNoLonger(sql, id);
      await announceAppeal(sql, id);
    });
  }

  /**
   * Appeals that nobody decided: reviewers are reminded, after the deadline they are escalated, then their listing is
   * suspended.
   * @returns how many of the latter two
   */
  async escalate(now: Date): Promise<{ escalated: number; suspended: number }> {
    await this.step('reminded_at', 'near', new Date(now.getTime() + APPEAL_TERMS.nearMs), now);
    const escalated = await this.step('escalated_at', 'escalated', now, now);
    const suspended = await this.dataSource.transaction(async (sql) => {
      const rows: AppealRow[] = await sql.query(
        `${SELECT_APPEAL} WHERE a.state = 'open' AND a.due_at <= $1 AND a.suspended_at IS NULL
         ORDER BY a.subject LIMIT 100 FOR UPDATE OF a SKIP LOCKED`,
        [new Date(now.getTime() - APPEAL_TERMS.escalationMs)],
      );
      for (const appeal of rows.map(toAppeal)) {
        await sql.query('UPDATE appeal SET suspended_at = $2 WHERE id = $1', [appeal.id, now]);
        const until = new Date(now.getTime() + APPEAL_TERMS.suspensionMs);
        const source = { type: 'appeal', id: `${appeal.id}/undecided` } as const;
        const reason = 'nobody decided the appeal in time';
        await setDecision(
          sql,
          { subject: appeal.subject, kind: 'never-list', from: now, until, source, reason },
          now,
        );
      }
      return rows.length;
    });
    return { escalated, suspended };
  }

  /** Marks open appeals that are due by a moment, once, and tells reviewers. @returns how many */
  private step(mark: 'reminded_at' | 'escalated_at', step: AppealStep, by: Date, now: Date): Promise<number> {
    return this.dataSource.transaction(async (sql) => {
      const [late] = await sql.query<[{ id: string; due_at: Date }[], number]>(
        `UPDATE appeal SET ${mark} = $1 WHERE state = 'open' AND due_at <= $2 AND ${mark} IS NULL RETURNING id, due_at`,
        [now, by],
      );
      for (const { id, due_at: dueAt } of late) {
        // Of what is late already, that it will be is no news.
        if (step === 'escalated' || dueAt > now) await tellReviewers(sql, { id, dueAt }, step, now);
        await announceAppeal(sql, id);
      }
      return late.length;
    });
  }

  private async one(where: string, value: unknown): Promise<StoredAppeal | undefined> {
    const rows: AppealRow[] = await this.dataSource.query(`${SELECT_APPEAL} WHERE ${where}`, [value]);
    return rows[0] && toAppeal(rows[0]);
  }
}

export const unknown = () =>
  new AppealRefused('appeal-unknown', 'there is no such appeal, or it is forgotten');
