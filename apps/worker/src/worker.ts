import type { Config } from '@sekisho/config';
import {
  AlertRepository,
  AppealRepository,
  ClusteringRepository,
  DecisionRepository,
  dropExpiredPartitions,
  dropExpiredRows,
  ensurePartitions,
  openNotifications,
  readWarningLists,
  ReportRepository,
  ScoringRepository,
  ZoneRepository,
  type Backend,
} from '@sekisho/persistence';
import { openQueue, runJobs } from '@sekisho/queue';
import type { Logger } from '@sekisho/telemetry';
import { ClusteringService } from './campaigns/clustering.service.js';
import { DecisionClock } from './decisions/decision-clock.js';
import { ScoringService } from './scoring/scoring.service.js';

/** How often decayed subjects are looked for; they leave a listing at most this late. */
const REVIEW_EVERY_MS = 5_000;
/** So that one review ends before the next ones queue up behind it. */
const REVIEW_AT_MOST = 20_000;
const SCHEDULE_AGAIN_MS = 30_000;
/** Receipts wake it; this is for those whose job was lost, for retractions and for what has ended. */
const CLUSTER_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 3_600_000;
/** Receipts at a time: their subjects fill the batches of scoring together. */
const CONCURRENCY = 12;

export interface Worker {
  close(): Promise<void>;
}

export async function startWorker(
  config: Config,
  { dataSource, databaseUrl }: Backend,
  { logger, now }: { logger: Logger; now: () => Date },
): Promise<Worker> {
  const queueUrl = config.queueUrl ?? databaseUrl;
  const reports = new ReportRepository(dataSource);
  const warningLists = await readWarningLists();
  const scoring = new ScoringService(
    new ScoringRepository(dataSource),
    (before, limit) => reports.unscored(before, limit),
    warningLists,
    now,
  );
  const clustering = new ClusteringService(new ClusteringRepository(dataSource), warningLists, now);
  const alerts = new AlertRepository(dataSource);
  const appeals = new AppealRepository(dataSource);
  const decisions = new DecisionClock(
    new DecisionRepository(dataSource),
    {
      score: (subjects) => scoring.scoreSubjects(subjects),
      reviewDependents: async () => {
        await scoring.review(REVIEW_AT_MOST);
        await clustering.run();
      },
    },
    now,
    (error) => {
      logger.error({ err: error }, 'decisions could not be seen to; it is tried again');
    },
  );
  const notifications = await openNotifications(databaseUrl, (error) => {
    logger.error({ err: error }, 'notifications of the database');
  });
  notifications.on('sekisho_review', () => {
    scoring.review(REVIEW_AT_MOST).catch((error: unknown) => {
      logger.error({ err: error }, 'a review failed; the next one comes by itself');
    });
  });
  notifications.on('sekisho_decisions', () => {
    decisions.wake();
  });
  decisions.wake();
  const queue = await openQueue(queueUrl);
  const runner = await runJobs(
    queueUrl,
    {
      'score-receipt': ({ receiptId }) => scoring.scoreReceipt(receiptId),
      'review-subjects': async ({ atMost }) => {
        await alerts.review(now());
        await scoring.review(atMost);
        decisions.wake();
        const late = await appeals.escalate(now());
        if (late.escalated + late.suspended > 0) logger.warn(late, 'appeals are past their deadline');
      },
      'cluster-fingerprints': () => clustering.run(),
      expire: async () => {
        await ensurePartitions(dataSource, now());
        const expired = await dropExpiredRows(dataSource, now());
        if (expired.size > 0)
          logger.info({ expired: Object.fromEntries(expired) }, 'rows past retention are gone');
        await new ZoneRepository(dataSource).trimHistory(now());
        const dropped = await dropExpiredPartitions(dataSource, now());
        if (dropped.length > 0) logger.info({ dropped }, 'sightings past retention are gone');
      },
    },
    {
      concurrency: CONCURRENCY,
      onError: (error) => {
        logger.error({ err: error }, 'job failed');
      },
    },
  );
  const schedule = async () => {
    await queue.schedule('review-subjects', { atMost: REVIEW_AT_MOST }, { everyMs: REVIEW_EVERY_MS });
    await queue.schedule('cluster-fingerprints', {}, { everyMs: CLUSTER_EVERY_MS });
    await queue.schedule('expire', {}, { everyMs: EXPIRE_EVERY_MS });
  };
  await schedule();
  // A queue that comes back empty has forgotten its schedules.
  const timer = setInterval(() => {
    schedule().catch((error: unknown) => {
      logger.error({ err: error }, 'schedules could not be renewed');
    });
  }, SCHEDULE_AGAIN_MS);
  return {
    async close() {
      clearInterval(timer);
      await runner.close();
      await notifications.close();
      await decisions.close();
      await queue.close();
    },
  };
}
