export {
  JobAttemptFailed,
  JobPayloadInvalid,
  QueueClosed,
  QueueUrlInvalid,
  UnrecoverableJob,
} from './errors.js';
export { COMPLETED_ID_REMEMBERED_SECONDS, openQueue, type JobQueue, type QueuedJob } from './job-queue.js';
export { runJobs, type JobHandlers, type JobRunner, type RunAround } from './job-runner.js';
export { type JobName, type PayloadOf } from './jobs.js';
