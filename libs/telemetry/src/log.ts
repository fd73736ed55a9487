// Structured logs on standard error (standard output belongs to what a command prints). Never a subject, never an address of a person.
import type { LoggerService } from '@nestjs/common';
import { destination, pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger };

const SECRETS = ['authorization', 'cookie', 'password', 'client_assertion', 'databaseUrl'];

const MAX_CAUSES = 3;

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly kind?: unknown;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * What a log says of an error. Nothing else that hangs on it: a failed query carries its parameters, which are subjects, and
 * a database error its whole connection.
 */
function describeError(error: unknown, causes = MAX_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const { code, kind } = error as { code?: unknown; kind?: unknown };
  return {
    ...{ type: name, message },
    ...(code !== undefined && { code }),
    ...(kind !== undefined && { kind }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && causes > 0 && { cause: describeError(cause, causes - 1) }),
  };
}

/** As pino writes it, and written once for all lines of a millisecond. */
function isoTime(): () => string {
  let atMs = Number.NaN;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return text;
  };
}

/** What every line has and what none may have. */
export function loggerOptions({ name, level }: { name: string; level: string }): LoggerOptions {
  return {
    level,
    base: { process: name },
    timestamp: isoTime(),
    serializers: { err: (error: unknown) => describeError(error) },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      remove: true,
    },
  };
}

export function createLogger(options: { name: string; level: string }): Logger {
  return pino(loggerOptions(options), destination({ dest: 2, sync: false }));
}

/** How long a line may wait for others. */
const FLUSH_MS = 100;
/** Characters written at once: each write goes to another thread, so there should be few. */
const BATCH_LENGTH = 32_768;

/** Puts lines together before the stream gets them: it measures and queues each text that it is given. */
class LineBatch {
  private lines = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly stream: { write(text: string): unknown }) {}

  write(line: string): void {
    this.lines += line;
    if (this.lines.length >= BATCH_LENGTH) this.flush();
    else
      this.timer ??= setTimeout(() => {
        this.flush();
      }, FLUSH_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines !== '') this.stream.write(this.lines);
    this.lines = '';
  }
}

/** For lines by the thousand, at level info. It takes nothing out of them: fields must be fixed ones, and none a secret. */
export interface FrequentLog {
  info(fields: Readonly<Record<string, string | number | boolean | undefined>>, message: string): void;
}

/** Writes lines as pino does; its way past serializers and formatters costs twice as much, and leaves 2 kB a line to collect. */
export function frequentLog(
  options: { name: string; level: string },
  stream: { write(line: string): void },
): FrequentLog {
  const plain = pino(loggerOptions(options));
  if (!plain.isLevelEnabled('info')) return { info: () => undefined };
  const time = isoTime();
  const level = plain.levels.values['info'];
  const name = JSON.stringify(options.name);
  return {
    info(fields, message) {
      const text = JSON.stringify({ ...fields, msg: message });
      stream.write(`{"level":${level}${time()},"process":${name},${text.slice(1)}\n`);
    },
  };
}

/**
 * For a process that logs thousands of lines a second: both write into one stream, in batches, within a tenth of a second and when
 * the process ends in order.
 */
export function createBatchedLoggers(options: { name: string; level: string }): {
  readonly logger: Logger;
  readonly frequent: FrequentLog;
} {
  const stream = destination({ dest: 2, sync: false });
  const batch = new LineBatch(stream);
  // Before the stream's own, which write out what it has.
  const flush = () => {
    batch.flush();
  };
  process.prependListener('beforeExit', flush).prependListener('exit', flush);
  return { logger: pino(loggerOptions(options), batch), frequent: frequentLog(options, batch) };
}

/** Nest's own messages through the same log: its routine start-up lines at debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
