// DNS over TLS, pipelining, cookies, rate limits and refused transfers, judged by kdig, dig and openssl.
import { freePort, requireProgram } from '@sekisho/testing';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { connect as tlsConnect } from 'node:tls';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeResponse, encodeQuery } from '@sekisho/dns-wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dig } from './dig.js';
import { EdgeFixture } from './edge-fixture.js';
import { EdgeProcess, eventually } from './edge-process.js';

const run = promisify(execFile);
let fixture: EdgeFixture;
let edge: EdgeProcess;
let metricsPort: number;
let tlsPort: number;
let dir: string;

async function certify(name: string): Promise<void> {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
    ...['-keyout', `${key}.new`, '-out', `${cert}.new`],
  ]);
  await rename(`${key}.new`, key);
  await rename(`${cert}.new`, cert);
}

const kdig = async (name: string, ...options: string[]) => {
  const { stdout } = await run('kdig', [
    ...['@127.0.0.1', '-p', String(tlsPort), `+tls-ca=${join(dir, 'cert.pem')}`, `+tls-hostname=${name}`],
    ...['+tls', '+retry=0', '+timeout=5', '2.0.0.127.ip.z.example', ...options],
  ]).catch((error: unknown) => error as { stdout: string });
  return stdout;
};

beforeAll(async () => {
  await requireProgram('kdig', 'knot-dnsutils');
  await requireProgram('openssl', 'openssl');
  dir = await mkdtemp(join(tmpdir(), 'sekisho-tls-'));
  await certify('one.example');
  tlsPort = await freePort();
  metricsPort = await freePort();
  fixture = await EdgeFixture.create();
  edge = await fixture.startLoaded({
    SEKISHO_DNS_TLS: `127.0.0.1:${tlsPort}`,
    SEKISHO_DNS_TLS_CERT: join(dir, 'cert.pem'),
    SEKISHO_DNS_TLS_KEY: join(dir, 'key.pem'),
    SEKISHO_DNS_RRL: 'responses=5,window=2',
    SEKISHO_DNS_HTTP: `127.0.0.1:${metricsPort}`,
    SEKISHO_TRANSFER: '127.0.0.2/32',
  });
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

describe('DNS over TLS', () => {
  it('answers under the certificate of its file', async () => {
    const answer = await kdig('one.example');
    expect(answer).toMatch(/TLS session \(TLS1\.3/);
    expect(answer).toContain('127.0.100.2');
    expect(await kdig('two.example')).not.toContain('127.0.100.2');
  });

  it('is counted, and says how long its certificate is good for', async () => {
    const metric = async (name: string) => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`sekisho_dns_tls_${name} `));
      return Number(line?.split(' ').at(-1));
    };
    const names = ['handshakes_total{result="done"}', 'handshakes_total{result="failed"}'] as const;
    const before = await Promise.all(names.map(metric));
    await kdig('one.example');
    const stranger = connect(tlsPort, '127.0.0.1');
    await once(stranger, 'connect');
    stranger.resume();
    stranger.end('no handshake, no handshake');
    await once(stranger, 'close');
    await eventually(async () => (await metric(names[1])) === (before[1] ?? 0) + 1);
    expect(await metric(names[0])).toBe((before[0] ?? 0) + 1);
    const held = tlsConnect({ port: tlsPort, host: '127.0.0.1', rejectUnauthorized: false });
    await once(held, 'secureConnect');
    await eventually(async () => (await metric('connections_open')) === 1);
    held.destroy();
    await eventually(async () => (await metric('connections_open')) === 0);
    const days = ((await metric('certificate_expiry_seconds')) - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(1.9);
    expect(days).toBeLessThanOrEqual(2);
  });

  it('takes a renewed certificate without a restart, and leaves a broken one alone', async () => {
    await writeFile(join(dir, 'cert.pem.bad'), 'no certificate');
    await certify('two.example');
    await eventually(async () => (await kdig('two.example')).includes('127.0.100.2'), 15_000);
    await rename(join(dir, 'cert.pem.bad'), join(dir, 'cert.pem'));
    await eventually(() => Promise.resolve(edge.log.includes('certificate not reloaded')), 15_000);
    const { stdout } = await run('kdig', [
      ...['@127.0.0.1', '-p', String(tlsPort), '+tls', '+retry=0', '2.0.0.127.ip.z.example', '+short'],
    ]);
    expect(stdout.trim()).toBe('127.0.100.2');
  });
});

describe('TCP', () => {
  it('answers pipelined queries that come in pieces', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    await once(socket, 'connect');
    const queries = [2, 3, 4].map((last) => {
      const query = encodeQuery({ id: last, name: `${last}.0.0.127.ip.z.example`, type: 1 });
      return Buffer.concat([Uint8Array.of(0, query.length), query]);
    });
    const bytes = Buffer.concat(queries);
    socket.write(bytes.subarray(0, 11));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.write(bytes.subarray(11));
    let received = Buffer.alloc(0);
    const answers: string[] = [];
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const value = decodeResponse(received.subarray(2, end))?.answers[0]?.value;
        if (value?.kind === 'A') answers.push(value.address);
        received = received.subarray(end);
      }
      if (answers.length === 3) break;
    }
    expect(answers.sort()).toEqual(['127.0.100.2', '127.0.100.3', '127.0.100.4']);
  });

  it('closes a connection that says nothing', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    await once(socket, 'connect');
    const start = performance.now();
    socket.resume();
    await once(socket, 'close');
    expect(performance.now() - start).toBeLessThan(13_000);
  });

  it('holds only so many connections of one client', async () => {
    const sockets = Array.from({ length: 60 }, () =>
      connect(edge.port, '127.0.0.1').on('error', () => undefined),
    );
    await eventually(() => Promise.resolve(sockets.filter((socket) => socket.destroyed).length === 10));
    for (const socket of sockets) socket.destroy();
  });

  it('says how long an idle connection stays to who asks', async () => {
    const { text } = await dig(edge.port, '2.0.0.127.ip.z.example', '+tcp', '+keepalive');
    expect(text).toContain('TCP KEEPALIVE: 10.0 secs');
  });
});

describe('cookies', () => {
  it('are given, taken back, and vouch for the asker', async () => {
    const first = await dig(edge.port, 'ip.z.example', 'SOA', '+cookie=0102030405060708');
    const cookie = /COOKIE: ([0-9a-f]{48}) \(good\)/.exec(first.text)?.[1] ?? '';
    expect(cookie).toHaveLength(48);
    const ask = () => dig(edge.port, 'ip.z.example', 'SOA', `+cookie=${cookie}`, '+ignore');
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.every(({ status, flags }) => status === 'NOERROR' && !flags.includes('tc'))).toBe(true);
  });

  it('of a wrong length are FORMERR', async () => {
    const { status } = await dig(edge.port, 'ip.z.example', 'SOA', '+ednsopt=10:010203', '+nocookie');
    expect(status).toBe('FORMERR');
  });

  it('are given to a query without question', async () => {
    const { text, status } = await dig(edge.port, '+header-only', '+cookie=0102030405060708');
    expect(status).toBe('NOERROR');
    expect(text).toMatch(/COOKIE: 0102030405060708[0-9a-f]{32}/);
  });
});

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const found = text.split('\n').find((other) => other.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

describe('response rate limiting', () => {
  it('stops equal answers, slips some as truncated, and leaves misses and TCP alone', async () => {
    const flood = async (name: string, ...options: string[]) =>
      Promise.all(
        Array.from({ length: 40 }, () => dig(edge.port, name, '+nocookie', '+ignore', '+time=1', ...options)),
      );
    const listed = await flood('3.0.0.127.ip.z.example', 'TXT');
    const silent = listed.filter(({ status }) => status === 'no answer').length;
    const cut = listed.filter(({ flags }) => flags.includes('tc')).length;
    expect(silent).toBeGreaterThan(5);
    expect(cut).toBeGreaterThan(5);
    const plain = await flood('4.0.0.127.ip.z.example', 'A');
    expect(plain.filter(({ answer }) => answer.length > 0).length).toBeLessThanOrEqual(15);
    expect(plain.filter(({ status }) => status === 'no answer').length).toBeGreaterThan(5);
    expect(await metric('sekisho_dns_rate_limited_total{verdict="dropped"}')).toBeGreaterThan(10);
    expect(await metric('sekisho_dns_rate_limited_total{verdict="slipped"}')).toBeGreaterThan(10);
    const missing = await flood('9.9.9.60.ip.z.example');
    expect(missing.every(({ status }) => status === 'NXDOMAIN')).toBe(true);
    const byTcp = await flood('3.0.0.127.ip.z.example', 'TXT', '+tcp');
    expect(byTcp.every(({ answer }) => answer.length === 1)).toBe(true);
  });
});

describe('a transfer', () => {
  const axfr = (...options: string[]) => dig(edge.port, 'ip.z.example', 'AXFR', ...options);

  it('is refused to who is not on the list, and given to who is', async () => {
    expect((await axfr()).text).toContain('Transfer failed');
    const { text } = await dig(edge.port, 'ip.z.example', 'AXFR', '-b', '127.0.0.2');
    expect(text).toContain('2.0.0.127.ip.z.example.\t60\tIN\tA\t127.0.100.2');
    expect(text).toContain('high.ip.z.example.\t60\tIN\tNS\tns1.z.example.');
    const top = await dig(edge.port, 'z.example', 'AXFR', '-b', '127.0.0.2');
    expect(top.text).toContain('policy.z.example.');
    const nowhere = await dig(edge.port, 'nosuch.z.example', 'AXFR', '-b', '127.0.0.2');
    expect(nowhere.text).toContain('Transfer failed');
    const counted = (labels: string) => metric(`sekisho_dns_transfers_total{${labels}}`);
    expect(await counted('zone="ip",kind="AXFR",result="whole"')).toBe(1);
    expect(await counted('zone="apex",kind="AXFR",result="whole"')).toBe(1);
    expect(await counted('zone="none",kind="AXFR",result="refused"')).toBe(2);
  });

  it('by UDP gives an IXFR asker the serial alone', async () => {
    const { text } = await dig(edge.port, 'ip.z.example', 'IXFR=0', '+notcp', '-b', '127.0.0.2');
    const records = text.split('\n').filter((line) => /^[^;].*\sIN\s/.test(line));
    expect(records).toEqual([expect.stringContaining('SOA')]);
  });

  it('keys in a file that others can read, or that is no list of keys, stop the start', async () => {
    const path = join(dir, 'tsig.keys');
    const start = () =>
      EdgeProcess.start({ dataDir: dir, hubUrl: fixture.hub.url, environment: { SEKISHO_TSIG_KEYS: path } });
    await writeFile(path, 'key "a" { algorithm hmac-sha256; secret "AAECAwQFBgcICQoLDA0ODw=="; };\n');
    await chmod(path, 0o644);
    await expect(start()).rejects.toThrow(/chmod 600/);
    await chmod(path, 0o600);
    await writeFile(path, 'a hmac-sha256 AAECAwQFBgcICQoLDA0ODw==\n');
    await expect(start()).rejects.toThrow(/SEKISHO_TSIG_KEYS: .*not a list of keys/);
    await writeFile(path, 'key "a" { algorithm hmac-md5; secret "AAECAwQFBgcICQoLDA0ODw=="; };\n');
    await expect(start()).rejects.toThrow(/key a: its algorithm/);
  });
});
