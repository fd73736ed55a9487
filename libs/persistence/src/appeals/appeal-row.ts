import type { Category } from '@sekisho/report';
import { readSubject, type Subject } from '@sekisho/subject';

export type AppealState = 'unconfirmed' | 'open' | 'decided' | 'withdrawn';
export type AppealOutcome = 'upheld' | 'rejected' | 'released';
export type Confirmation = 'address' | 'mail' | 'dns';
export type AppealLanguage = 'en' | 'ja';

export interface StoredAppeal {
  readonly id: string;
  readonly subject: Subject;
  /** What it was listed for when the appeal was filed. */
  readonly category: Category;
  readonly owner: string | undefined;
  readonly language: AppealLanguage;
  readonly state: AppealState;
  /** undefined when it is forgotten. */
  readonly words: string | undefined;
  readonly mail: string | undefined;
  readonly filedAt: Date;
  readonly confirmedAt: Date | undefined;
  readonly dueAt: Date | undefined;
  readonly escalatedAt: Date | undefined;
  readonly mailSentAt: Date | undefined;
  readonly outcome: AppealOutcome | undefined;
  readonly reason: string | undefined;
  readonly decidedAt: Date | undefined;
  readonly version: number;
  /** Until the slowest edge that was told served the correction; undefined while none has confirmed it. */
  readonly effectMs: number | undefined;
  readonly effectEdges: number;
}

export interface AppealRow {
  readonly id: string;
  readonly subject: string;
  readonly subject_type: Subject['type'];
  readonly category: Category;
  readonly owner: string | null;
  readonly language: AppealLanguage;
  readonly state: AppealState;
  readonly words: string | null;
  readonly mail: string | null;
  readonly filed_at: Date;
  readonly confirmed_at: Date | null;
  readonly due_at: Date | null;
  readonly escalated_at: Date | null;
  readonly mail_sent_at: Date | null;
  readonly outcome: AppealOutcome | null;
  readonly reason: string | null;
  readonly decided_at: Date | null;
  readonly version: number;
  readonly effect_ms: number | null;
  readonly effect_edges: number;
}

export const SELECT_APPEAL = `
  SELECT a.id, a.subject, a.subject_type, a.category, a.owner, a.language, a.state, w.words, w.mail, a.filed_at, a.confirmed_at,
    a.due_at, a.escalated_at, a.mail_sent_at, a.outcome, a.reason, a.decided_at, a.version,
    (SELECT (extract(epoch FROM max(e.effective_at) - a.decided_at) * 1000)::float8 FROM appeal_effect e
      WHERE e.appeal_id = a.id) AS effect_ms,
    (SELECT count(DISTINCT edge)::int FROM appeal_effect e WHERE e.appeal_id = a.id) AS effect_edges
  FROM appeal a LEFT JOIN appeal_words w ON w.appeal_id = a.id`;

export const toAppeal = (row: AppealRow): StoredAppeal => ({
  ...{ id: row.id, subject: readSubject(row.subject), category: row.category, owner: row.owner ?? undefined },
  ...{ language: row.language, state: row.state, words: row.words ?? undefined, mail: row.mail ?? undefined },
  ...{ filedAt: row.filed_at, confirmedAt: row.confirmed_at ?? undefined, dueAt: row.due_at ?? undefined },
  ...{ escalatedAt: row.escalated_at ?? undefined, mailSentAt: row.mail_sent_at ?? undefined },
  ...{ outcome: row.outcome ?? undefined, reason: row.reason ?? undefined, version: row.version },
  ...{ decidedAt: row.decided_at ?? undefined, effectMs: row.effect_ms ?? undefined },
  effectEdges: row.effect_edges,
});
