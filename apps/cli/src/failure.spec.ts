import { HubRefused } from '@sekisho/client';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { reportFailure, UsageFault } from './failure.js';
import { testContext } from './test-context.fixture.js';

function told(error: unknown, env: Record<string, string> = {}) {
  const { context, written } = testContext({ env });
  return { status: reportFailure(error, context), ...written };
}

describe('reportFailure', () => {
  it('tells an unexpected error without its stack, and with it when asked', () => {
    const error = new Error('boom');
    expect(told(error)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'sekisho: boom\nwhat to do: run it again with SEKISHO_LOG=debug and report what it shows\n',
    });
    expect(told(error, { SEKISHO_LOG: 'debug' }).stderr).toContain('    at ');
  });

  it.each([
    [{ status: 401, code: 'enrolment-code-invalid', detail: 'used' }, 'ask the hub operator for a new code'],
    [{ status: 401, code: 'signature-invalid', detail: 'no' }, "check this machine's clock"],
    [{ status: 403, code: 'not-allowed', detail: 'no' }, 'correct what the hub names'],
    [{ status: 403, code: 'access-denied', detail: 'no' }, 'ask the hub operator, if that role'],
    [{ status: 429, code: 'too-many', detail: 'slow', retryAfterSeconds: 20 }, 'again in 20 s'],
    [{ status: 500, code: 'internal', detail: 'oops', errorId: 'e-17' }, 'error id e-17'],
  ])('says what to do about %j', (fields, remedy) => {
    const { status, stderr } = told(new HubRefused(fields));
    expect(status).toBe(1);
    expect(stderr).toContain(`sekisho: the hub refused: ${fields.code}: ${fields.detail}\n`);
    expect(stderr).toContain(remedy);
  });

  it('ends wrong usage with 2 and help with 0', () => {
    expect(told(new UsageFault('what', 'how')).status).toBe(2);
    expect(told(new CommanderError(1, 'commander.missingArgument', 'x')).status).toBe(2);
    expect(told(new CommanderError(0, 'commander.helpDisplayed', 'x')).status).toBe(0);
  });
});
