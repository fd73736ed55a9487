import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { loggerOptions, NestLog, type Logger } from './log.js';

function logged(write: (logger: Logger) => void, level = 'info') {
  const lines: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (line: Buffer) => lines.push(line.toString()));
  write(pino(loggerOptions({ name: 'hub', level }), stream));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('names its process and carries the time as ISO 8601', () => {
    const [line] = logged((logger) => {
      logger.info({ receiptId: 'r' }, 'stored');
    });
    expect(line).toMatchObject({ process: 'hub', receiptId: 'r', msg: 'stored' });
    expect(new Date(String(line?.['time'])).toISOString()).toBe(line?.['time']);
  });

  it.each(['authorization', 'cookie', 'password', 'client_assertion', 'databaseUrl'])(
    'never holds %s of a request or a configuration',
    (name) => {
      const [line] = logged((logger) => {
        const secret = { [name]: 'hunter2' };
        logger.info({ ...secret, request: { ...secret, path: '/reports', headers: secret } }, 'x');
      });
      expect(line).toMatchObject({ request: { path: '/reports' } });
      expect(JSON.stringify(line)).not.toContain('hunter2');
    },
  );

  it('says of an error what it is and why it came, and nothing else that hangs on it', () => {
    const [line] = logged((logger) => {
      const cause = Object.assign(new Error('duplicate key'), {
        code: '23505',
        detail: 'Key (subject)=(203.0.113.9)',
      });
      const error = Object.assign(new Error('the query failed', { cause }), {
        parameters: ['203.0.113.9'],
        kind: 'Bug',
      });
      logger.error({ err: error }, 'x');
    });
    expect(line?.['err']).toMatchObject({
      ...{ type: 'Error', message: 'the query failed', kind: 'Bug' },
      cause: { message: 'duplicate key', code: '23505' },
    });
    expect(JSON.stringify(line)).not.toContain('203.0.113.9');
  });

  it("has Nest's routine messages at debug and its errors at error", () => {
    const lines = logged((logger) => {
      const nest = new NestLog(logger);
      nest.log('mapped a route', 'RouterExplorer');
      nest.error('broken', 'stack', 'ExceptionHandler');
    });
    expect(lines).toMatchObject([{ level: 50, msg: 'broken', context: 'ExceptionHandler', stack: 'stack' }]);
  });
});
