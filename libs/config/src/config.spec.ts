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
});
