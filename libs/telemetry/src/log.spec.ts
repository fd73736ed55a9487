import { fc } from '@fast-check/vitest';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { frequentLog, loggerOptions, NestLog, type Logger } from './log.js';

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

describe('a log for many lines', () => {
  const options = { name: 'hub "a"', level: 'info' };
  const field = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(undefined));
  // pino has names of its own, and its order for names that are numbers is not ours.
  const name = fc.constantFrom('id', 'action', 'because', 'score', 'a name');

  it('writes what pino writes', () => {
    const withoutTime = (line: string) => line.replace(/"time":"[^"]+Z"/, '"time":""');
    fc.assert(
      fc.property(fc.dictionary(name, field), fc.string(), (fields, message) => {
        const lines: string[] = [];
        const stream = { write: (line: string) => void lines.push(withoutTime(line)) };
        frequentLog(options, stream).info(fields, message);
        pino(loggerOptions(options), stream).info(fields, message);
        expect(lines[0]).toBe(lines[1]);
      }),
    );
  });

  it('is silent where the level is above it', () => {
    const lines: string[] = [];
    frequentLog({ name: 'hub', level: 'warn' }, { write: (line) => void lines.push(line) }).info({}, 'x');
    expect(lines).toEqual([]);
  });
});
