import type { Logger } from './log.js';

/**
 * What every Sekisho process does besides its work: tells a supervising parent when it is ready, ends when the
 * parent is gone (a killed `sekisho up` leaves no orphans), closes in order on SIGTERM and SIGINT, and does not
 * outlive an error that nobody handled.
 */
export function runProcess(logger: Logger, close: () => Promise<void>): void {
  let isClosing = false;
  const stop = (reason: string, status: number) => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ reason }, 'stopping');
    const deadline = setTimeout(() => process.exit(status === 0 ? 1 : status), 10_000);
    close().then(
      () => {
        clearTimeout(deadline);
        process.exit(status);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'did not close in order');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => {
    stop('SIGTERM', 0);
  });
  process.once('SIGINT', () => {
    stop('SIGINT', 0);
  });
  process.once('disconnect', () => {
    stop('the parent process is gone', 0);
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unhandled error');
    stop('unhandled error', 1);
  });
  process.send?.({ type: 'ready' });
}
