import { bucketOf, magnitudeOf } from '@sekisho/feedback';
import type { StoredAlert } from '@sekisho/persistence';
import type { AlertModel } from './alert.model.js';

const toDate = (milliseconds: number | undefined) =>
  milliseconds === undefined ? null : new Date(milliseconds);

/** Reporters stop here: counts are coarse and times are buckets, also for the owner. */
export const toAlertModel = (alert: StoredAlert): AlertModel => ({
  ...{ id: alert.id, subject: alert.subject, category: alert.category, state: alert.state },
  messages: magnitudeOf(alert.count),
  lastSeen: new Date(bucketOf(alert.lastSeen)),
  ...{ openedAt: alert.openedAt, evidenceCount: alert.evidenceCount },
  ...{ fixedAt: toDate(alert.fixedAt), quietAt: toDate(alert.quietAt), endsEarly: alert.endsEarly },
  ...{ failedFixes: alert.failedFixes, closedAt: toDate(alert.closedAt), outcome: alert.outcome ?? null },
});
