import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { ConfigInvalid, readConfig } from './config.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const NAMES = [
  ...[
    'DATA_DIR',
    'DATABASE_URL',
    'QUEUE_URL',
    'HTTP',
    'DNS',
    'ZONE',
    'DNS_ACCESS',
    'DNS_RRL',
    'TRANSFER',
    'NOTIFY',
  ],
  ...['TRUSTED_PROXIES', 'RESOLVER', 'PUBLIC_URL', 'PRIVACY_K', 'NOSUCH', '__proto__'],
].map((name) => `SEKISHO_${name}`);

describe('any environment', () => {
  it.prop([fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(fc.string(), fc.ipV4(), fc.webUrl()))], {
    numRuns: 200,
    seed: 20_261_129,
  })('is a configuration, or refused by the names of its variables and without their values', (env) => {
    try {
      readConfig({ ...env, SEKISHO_DATABASE_URL: 'mysql://root:hunter2@db' });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigInvalid);
      expect((error as ConfigInvalid).message).not.toContain('hunter2');
    }
  });
});
