import type { Config } from '@sekisho/config';
import {
  ActionRepository,
  AlertRepository,
  AppealRepository,
  CalibrationRepository,
  ClusteringRepository,
  DecisionRepository,
  dropExpiredPartitions,
  dropExpiredRows,
  EventStreamRepository,
  ForecastRepository,
  ensurePartitions,
  openNotifications,
  readWarningLists,
  ReportRepository,
  ScoringRepository,
  ShadowRepository,
  ZoneRepository,
  type Backend,
} from '@sekisho/persistence';
import { openMailer } from '@sekisho/mail';
import { JobAttemptFailed, openQueue, runJobs } from '@sekisho/queue';
import { OperationServer, type Logger, type Registry, type Tracing } from '@sekisho/telemetry';
import { randomInt } from 'node:crypto';
import { ClusteringService } from './campaigns/clustering.service.js';
import { EventMailService } from './mail/event-mail.service.js';
import { settleActions } from './actions/settle-actions.js';
import { measureModel, measureReports } from './quality/measure-quality.js';
import { ShadowFollower } from './quality/shadow-follower.js';
import { openShadowThread } from './quality/shadow-thread.js';
import { DecisionClock } from './decisions/decision-clock.js';
import { observe, queueFaults } from './operate/observe.js';
import { measureShadow, WorkerMetrics } from './operate/worker-metrics.js';
import { ScoringService } from './scoring/scoring.service.js';

/** How often decayed subjects are looked for; they leave a listing at most this late. */
const REVIEW_EVERY_MS = 5_000;
/** So that one review ends before the next ones queue up behind it. */
const REVIEW_AT_MOST = 20_000;
const SCHEDULE_AGAIN_MS = 30_000;
/** Receipts wake it; this is for those whose job was lost, for retractions and for what has ended. */
const CLUSTER_EVERY_MS = 5_000;
/** Mails gather for minutes: this adds next to nothing. */
const MAIL_EVERY_MS = 30_000;
/** What falls due in between is waited for. */
const SETTLE_EVERY_MS = 1_000;
const MEASURE_EVERY_MS = 3_600_000;
const EXPIRE_EVERY_MS = 3_600_000;
/** Receipts at a time: their subjects fill the batches of scoring together. */
const CONCURRENCY = 12;

export interface WorkerTools {
  readonly logger: Logger;
  readonly now: () => Date;
  readonly tracing: Tracing;
  readonly metrics: Registry;
}

export interface Worker {
  close(): Promise<void>;
}

/** Which subjects are in a sample nobody can know beforehand, or could aim at it. */
const newSeed = () => randomInt(2 ** 47);

export async function startWorker(
  config: Config,
  { dataSource, databaseUrl }: Backend,
  { logger, now, tracing, metrics: registry }: WorkerTools,
): Promise<Worker> {
  const queueUrl = config.queueUrl ?? databaseUrl;
  const reports = new ReportRepository(dataSource);
  const warningLists = await readWarningLists();
  const queue = await openQueue(queueUrl);
  const metrics = new WorkerMetrics(registry, {
    jobs: () => queue.counts(),
    backlog: () => reports.backlog(),
  });
  const scoring = new ScoringService(
    new ScoringRepository(dataSource),
    (before, limit) => reports.unscored(before, limit),
    warningLists,
    now,
    metrics.countScored,
  );
  const clustering = new ClusteringService(new ClusteringRepository(dataSource), warningLists, now);
  const alerts = new AlertRepository(dataSource);
  const appeals = new AppealRepository(dataSource);
  const mailer = config.mail && openMailer(config.mail);
  const mail =
    mailer &&
    new EventMailService(new EventStreamRepository(dataSource), mailer, {
      hubUrl: config.publicUrl,
      logger,
      now,
    });
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
  const actions = new ActionRepository(dataSource);
  const forecasts = new ForecastRepository(dataSource);
  const calibration = new CalibrationRepository(dataSource);
  const shadow =
    config.shadowModel &&
    new ShadowFollower(new ShadowRepository(dataSource), {
      ...{ openModel: () => openShadowThread(databaseUrl), now },
      onForetold: (told) => {
        logger.info(told, 'the model in shadow has foretold');
      },
      onError: (error) => {
        logger.error(
          { err: error },
          'the model in shadow could not follow; it tries again with the next sample',
        );
      },
    });
  if (shadow) {
    measureShadow(registry, { subjects: () => shadow.subjects(), behind: () => shadow.behind() });
    shadow.start();
  }
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
      'mail-events': async () => {
        await mail?.run();
      },
      'settle-actions': () => settleActions(actions, { now, withinMs: SETTLE_EVERY_MS }),
      'measure-quality': async () => {
        const tools = { now, seed: newSeed, k: config.privacyK };
        const model = await measureModel(forecasts, tools);
        const reports = await measureReports(calibration, tools);
        logger.info({ ...model, ...reports }, 'scores and reports are held against what came');
      },
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
      around: observe(metrics, tracing),
      onError: (error) => {
        if (error instanceof JobAttemptFailed) metrics.countFailure(error.job, !error.willRetry);
        logger.error({ err: error }, 'job failed');
      },
    },
  );
  const schedule = async () => {
    await queue.schedule('review-subjects', { atMost: REVIEW_AT_MOST }, { everyMs: REVIEW_EVERY_MS });
    await queue.schedule('cluster-fingerprints', {}, { everyMs: CLUSTER_EVERY_MS });
    await queue.schedule('mail-events', {}, { everyMs: MAIL_EVERY_MS });
    await queue.schedule('settle-actions', {}, { everyMs: SETTLE_EVERY_MS });
    await queue.schedule('measure-quality', {}, { everyMs: MEASURE_EVERY_MS });
    await queue.schedule('expire', {}, { everyMs: EXPIRE_EVERY_MS });
  };
  await schedule();
  // A queue that comes back empty has forgotten its schedules.
  const timer = setInterval(() => {
    schedule().catch((error: unknown) => {
      logger.error({ err: error }, 'schedules could not be renewed');
    });
  }, SCHEDULE_AGAIN_MS);
  const operation = new OperationServer(registry, () => queueFaults(queue), logger);
  if (config.workerHttp) await operation.listen(config.workerHttp);
  return {
    async close() {
      clearInterval(timer);
      await operation.close();
      await shadow?.close();
      await runner.close();
      await notifications.close();
      await decisions.close();
      await queue.close();
      mailer?.close();
    },
  };
}
