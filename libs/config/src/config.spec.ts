import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigInvalid, readConfig } from './config.js';

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it('needs nothing to be set', () => {
    const config = readConfig({});
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.zone).toBe('sekisho.example');
    expect(config.publicUrl).toBe('http://127.0.0.1:8080');
  });

  it('names every faulty variable at once, with an example and without the value', () => {
    const faults = faultsOf({ SEKISHO_DATABASE_URL: 'mysql://root:hunter2@db', SEKISHO_HTTP: '8080' });
    expect(faults).toHaveLength(2);
    expect(faults.join('\n')).toMatch(/SEKISHO_DATABASE_URL: not a postgres:\/\/ or .*Example: postgres:/);
    expect(faults.join('\n')).toMatch(/SEKISHO_HTTP: .*Example: 127\.0\.0\.1:8080/);
    expect(faults.join('\n')).not.toContain('hunter2');
  });

  it('catches a misspelt variable', () => {
    expect(faultsOf({ SEKISHO_ZNOE: 'x.example' })[0]).toMatch(/SEKISHO_ZNOE: no such variable/);
  });

  it('reads IPv6 listen addresses and lists of networks', () => {
    const config = readConfig({ SEKISHO_DNS: '[::1]:53', SEKISHO_DNS_ACCESS: '192.0.2.0/24, 2001:db8::/32' });
    expect(config.dns).toEqual({ host: '::1', port: 53 });
    expect(config.dnsAccess).toEqual({ kind: 'networks', networks: ['192.0.2.0/24', '2001:db8::/32'] });
  });

  it('asks the resolvers of the machine unless others are named', () => {
    expect(readConfig({}).resolvers).toEqual([]);
    expect(readConfig({ SEKISHO_RESOLVER: '192.0.2.53 [2001:db8::53]:5353' }).resolvers).toEqual([
      { host: '192.0.2.53', port: 53 },
      { host: '2001:db8::53', port: 5_353 },
    ]);
  });

  it('reads what a DNS edge may be told', () => {
    const config = readConfig({
      SEKISHO_DNS_ACCESS: 'key',
      SEKISHO_DNS_QUOTA: '6000',
      SEKISHO_DNS_RRL: 'responses=5,window=10',
      SEKISHO_TRANSFER: '192.0.2.53/32',
      SEKISHO_NOTIFY: '192.0.2.53,[2001:db8::53]:5353',
    });
    expect(config.dnsAccess).toEqual({ kind: 'key' });
    expect(config.dnsQuota).toBe(6_000);
    expect(config.dnsRates).toMatchObject({ responses: 5, windowSeconds: 10, nxdomains: 0, slip: 2 });
    expect(config.transferNetworks).toEqual(['192.0.2.53/32']);
    expect(config.notify).toEqual([
      { host: '192.0.2.53', port: 53 },
      { host: '2001:db8::53', port: 5_353 },
    ]);
    expect(readConfig({ SEKISHO_DNS_RRL: 'off' }).dnsRates).toBeUndefined();
    expect(readConfig({}).dnsRates).toMatchObject({ responses: 100, nxdomains: 0, errors: 50, slip: 2 });
  });

  it.each([
    ['SEKISHO_DNS_QUOTA', '0'],
    ['SEKISHO_DNS_RRL', 'answers=5'],
    ['SEKISHO_DNS_RRL', 'slip=11'],
    ['SEKISHO_DNS_RRL', 'windowSeconds=4'],
    ['SEKISHO_TRANSFER', '192.0.2.53/64'],
    ['SEKISHO_NOTIFY', 'secondary.example:53'],
    ['SEKISHO_NOTIFY', '192.0.2.53:0'],
    ['SEKISHO_DNS_TLS', '853'],
  ])('refuses %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })[0]).toMatch(new RegExp(`^${name}: .*Example: `));
  });

  it('lets a model follow in shadow only when told to', () => {
    expect(readConfig({}).shadowModel).toBeUndefined();
    expect(readConfig({ SEKISHO_SHADOW_MODEL: 'none' }).shadowModel).toBeUndefined();
    expect(readConfig({ SEKISHO_SHADOW_MODEL: 'learned' }).shadowModel).toBe('learned');
    expect(faultsOf({ SEKISHO_SHADOW_MODEL: 'yes' })).toEqual([
      'SEKISHO_SHADOW_MODEL: not none or learned. Example: learned',
    ]);
  });

  it('wants address, certificate and key of DNS over TLS together', () => {
    const faults = faultsOf({ SEKISHO_DNS_TLS: '127.0.0.1:853', SEKISHO_DNS_TLS_CERT: '/cert.pem' });
    expect(faults).toEqual([expect.stringContaining('SEKISHO_DNS_TLS_KEY: not set')]);
  });

  it('leaves one processor to the main thread of the DNS process, and takes a number of workers', () => {
    expect(readConfig({}).dnsWorkers).toBeGreaterThanOrEqual(1);
    expect(readConfig({ SEKISHO_DNS_WORKERS: '12' }).dnsWorkers).toBe(12);
  });

  it.each([
    ['SEKISHO_DNS_WORKERS', '0'],
    ['SEKISHO_DNS_WORKERS', '257'],
    ['SEKISHO_DNS_WORKERS', 'many'],
    ['SEKISHO_DNS_MAX_AGE', '0'],
    ['SEKISHO_DNS_HOT', 'maybe'],
    ['SEKISHO_DNS_HTTP', '9153'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it('takes a secret from a file, and says what is wrong with the file and never what is in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-config-'));
    try {
      const path = join(folder, 'database-url');
      await writeFile(path, 'postgres://sekisho:hunter2@db/sekisho\n');
      expect(readConfig({ SEKISHO_DATABASE_URL_FILE: path }).databaseUrl).toBe(
        'postgres://sekisho:hunter2@db/sekisho',
      );
      await writeFile(path, 'mysql://root:hunter2@db');
      const faults = [
        ...faultsOf({ SEKISHO_DATABASE_URL_FILE: path }),
        ...faultsOf({ SEKISHO_DATABASE_URL_FILE: join(folder, 'nowhere') }),
        ...faultsOf({ SEKISHO_QUEUE_URL_FILE: path, SEKISHO_QUEUE_URL: 'redis://q' }),
      ].join('\n');
      expect(faults).toMatch(/SEKISHO_DATABASE_URL: not a postgres/);
      expect(faults).toMatch(/SEKISHO_DATABASE_URL_FILE: the file cannot be read \(ENOENT\)/);
      expect(faults).toMatch(/SEKISHO_QUEUE_URL_FILE: SEKISHO_QUEUE_URL is set as well/);
      expect(faults).not.toContain('hunter2');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
