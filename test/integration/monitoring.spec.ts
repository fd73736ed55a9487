import {
  createTestDatabase,
  Federation,
  freePort,
  reportOf,
  requireProgram,
  type TestDatabase,
} from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const folder = join(import.meta.dirname, '../../deploy/monitoring');
const promtool = async (...words: string[]) =>
  (await promisify(execFile)('promtool', words, { cwd: folder })).stdout;

/** What Prometheus stores of a metric: of a histogram nothing by its own name. */
const seriesOf = (name: string, type: string): string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

let database: TestDatabase;
let federation: Federation;
let edgeHttp: string;
let workerHttp: string;
let certificates: string;

beforeAll(async () => {
  await requireProgram('promtool', 'prometheus');
  await requireProgram('openssl', 'openssl');
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  edgeHttp = `127.0.0.1:${await freePort()}`;
  workerHttp = `127.0.0.1:${await freePort()}`;
  certificates = await mkdtemp(join(tmpdir(), 'monitoring-'));
  const [key, certificate] = [join(certificates, 'key.pem'), join(certificates, 'cert.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-subj', '/CN=dns.example', '-keyout', key, '-out', certificate],
  ]);
  federation = await Federation.start(database.url, {
    env: {
      SEKISHO_DNS_HTTP: edgeHttp,
      SEKISHO_WORKER_HTTP: workerHttp,
      SEKISHO_DNS_TLS: `127.0.0.1:${await freePort()}`,
      SEKISHO_DNS_TLS_CERT: certificate,
      SEKISHO_DNS_TLS_KEY: key,
    },
  });
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(certificates, { recursive: true });
});

describe('the monitoring that comes with Sekisho', () => {
  it('has alert rules that Prometheus takes, and that speak when they should', async () => {
    expect(await promtool('check', 'rules', 'sekisho.rules.yml')).toContain('SUCCESS');
    expect(await promtool('test', 'rules', 'sekisho.rules.test.yml')).toContain('SUCCESS');
  });

  it('asks for no metric that no process has, in rules and dashboard', async () => {
    await (await federation.member('isp-a')).submit(reportOf('203.0.113.9'));
    const token = await readFile(
      join(federation.env['SEKISHO_DATA_DIR'] ?? '', 'keys', 'edge.token'),
      'utf8',
    );
    const exported = [
      await fetch(`${federation.hubUrl}/metrics`, { headers: { authorization: `Bearer ${token.trim()}` } }),
      await fetch(`http://${edgeHttp}/metrics`),
      await fetch(`http://${workerHttp}/metrics`),
    ];
    const served = (await Promise.all(exported.map((response) => response.text()))).join('\n');
    const present = new Set(
      [...served.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', type = '']) =>
        seriesOf(name, type),
      ),
    );
    const written = (
      await Promise.all(
        ['sekisho.rules.yml', 'sekisho.dashboard.json'].map((file) => readFile(join(folder, file), 'utf8')),
      )
    ).join('\n');
    const wanted = new Set(written.match(/\b(?:sekisho|nodejs|process)_[a-z0-9_]+/g));
    expect(wanted.size).toBeGreaterThan(12);
    expect([...wanted].filter((name) => !present.has(name))).toEqual([]);
  });
});
