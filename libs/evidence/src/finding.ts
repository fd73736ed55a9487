import type { Category, Evidence, ReportInput } from '@sekisho/report';
import { parseSubject, SubjectInvalid, type SubjectType } from '@sekisho/subject';
import type { AuthenticationPicture } from './parsed-message.js';
import type { Skip } from './skip-reason.js';

/** What one input gives: at most one report a subject, and a reason for all that gives none. */
export interface Finding {
  readonly reports: readonly ReportInput[];
  readonly skipped: readonly Skip[];
}

export const skip = (reason: Skip['reason'], detail?: string): Finding => ({
  reports: [],
  skipped: [{ reason, ...(detail !== undefined && { detail }) }],
});

export interface Draft {
  readonly type: SubjectType;
  readonly value: string;
  readonly category: Category;
  readonly evidence: Evidence;
  /** Milliseconds since 1970. */
  readonly seenAt: number;
  /** Milliseconds since 1970; absent or later than `seenAt`: the same moment. */
  readonly firstSeenAt?: number;
  readonly count?: number;
  readonly auth?: AuthenticationPicture;
}

/** A subject that cannot be one, such as a public suffix, becomes a reason. */
export function findingOf(drafts: readonly Draft[]): Finding {
  const reports = new Map<string, ReportInput>();
  const skipped: Skip[] = [];
  for (const draft of drafts) {
    try {
      const subject = parseSubject(draft.type, draft.value);
      const { seenAt, firstSeenAt = seenAt } = draft;
      reports.set(`${subject.type} ${subject.value}`, {
        subject: { type: subject.type, value: subject.value },
        category: draft.category,
        evidence: draft.evidence,
        count: Math.min(1_000_000, Math.max(1, draft.count ?? 1)),
        firstSeen: new Date(Math.min(firstSeenAt, seenAt)).toISOString(),
        lastSeen: new Date(seenAt).toISOString(),
        ...(draft.auth && Object.keys(draft.auth).length > 0 && { auth: draft.auth }),
      });
    } catch (error) {
      if (!(error instanceof SubjectInvalid)) throw error;
      skipped.push({ reason: 'report-refused', detail: error.code });
    }
  }
  return { reports: [...reports.values()], skipped };
}
