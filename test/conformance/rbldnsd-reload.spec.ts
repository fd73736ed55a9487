// Data files change under a running `sekisho dns --load`: a good one is taken without losing a question, a bad one never
// harms what is served.
import { nameOfText, RCODE, TYPE } from '@sekisho/dns-wire';
import { mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './edge-process.js';
import { LoadedProcess } from './loaded-process.js';
import { UdpClient, type Ask } from './udp-client.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-load-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const SPEC = ['--load', 'bl.example:ip4set:list'];
const path = () => join(folder, 'list');
const listed = (name = '9.113.0.203.bl.example'): Ask => ({
  name: nameOfText(name) ?? new Uint8Array(1),
  type: TYPE.A,
});

/** As rbldnsd(8) tells to: a new file that takes the old one's name. */
async function put(content: string | Uint8Array): Promise<void> {
  await writeFile(`${path()}.new`, content);
  await rename(`${path()}.new`, path());
}

async function answerOf(client: UdpClient, ask = listed()): Promise<string> {
  const response = await client.ask(ask);
  const [first] = response?.answers ?? [];
  return first?.value.kind === 'A' ? first.value.address : String(response?.rcode);
}

const many = (code: number): string =>
  [
    `:${code}:`,
    ...Array.from({ length: 300_000 }, (_, i) => `203.${i % 200}.${(i >> 8) & 255}.${i & 255}`),
    '203.0.113.9',
    '',
  ].join('\n');

describe('a changed data file', () => {
  it('is taken within a few seconds, and no question is lost meanwhile', async () => {
    await put(many(2));
    await using sekisho = await LoadedProcess.start(folder, [...SPEC, '--check', '1']);
    await using client = await UdpClient.open(sekisho.port);
    expect(await answerOf(client)).toBe('127.0.0.2');
    const seen = new Set<string>();
    let lost = 0;
    let asked = 0;
    const deadline = performance.now() + 20_000;
    await put(many(3));
    while (!seen.has('127.0.0.3') && performance.now() < deadline) {
      const responses = await Promise.all(Array.from({ length: 50 }, () => client.ask(listed(), 1)));
      asked += responses.length;
      for (const response of responses) {
        const [first] = response?.answers ?? [];
        if (first?.value.kind === 'A') seen.add(first.value.address);
        else lost++;
      }
    }
    expect([...seen]).toEqual(['127.0.0.2', '127.0.0.3']);
    expect(asked).toBeGreaterThan(500);
    expect(lost).toBe(0);
  });

  it('gives back the memory of what it replaces', { timeout: 120_000 }, async () => {
    await put(many(2));
    await using sekisho = await LoadedProcess.start(folder, [...SPEC, '--check', '0']);
    await using client = await UdpClient.open(sekisho.port);
    const residentMb = async () => {
      const status = await readFile(`/proc/${String(sekisho.child.pid)}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    };
    const settledAfter = 10;
    let settledMb = 0;
    for (let reload = 1; reload <= 50; reload++) {
      await put(many(reload + 2));
      sekisho.child.kill('SIGHUP');
      await eventually(async () => (await answerOf(client)) === `127.0.0.${reload + 2}`, 20_000);
      if (reload === settledAfter) settledMb = await residentMb();
    }
    // Each file is 2.4 MB of arrays: 40 that were kept would be 96 MB.
    await eventually(async () => (await residentMb()) < settledMb + 40, 20_000);
  });

  it('is taken at once on SIGHUP', async () => {
    await put('203.0.113.9 :2\n');
    await using sekisho = await LoadedProcess.start(folder, [...SPEC, '--check', '0']);
    await using client = await UdpClient.open(sekisho.port);
    await put('203.0.113.9 :4\n');
    sekisho.child.kill('SIGHUP');
    await eventually(async () => (await answerOf(client)) === '127.0.0.4');
  });

  it('may be compressed', async () => {
    await put(gzipSync('203.0.113.9 :2\n'));
    await using sekisho = await LoadedProcess.start(folder, SPEC);
    await using client = await UdpClient.open(sekisho.port);
    expect(await answerOf(client)).toBe('127.0.0.2');
  });

  it.each([
    ['is empty', ''],
    ['is cut off', '203.0.113.9 :5\n203.0.113.10 :'],
    ['holds no line that can be read', '<html><body>404</body></html>\n'],
    ['is no text', Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) & 255)],
    ['is of the future', '$TIMESTAMP 2037:01:01\n203.0.113.9 :5\n'],
    ['is compressed and cut off', gzipSync('203.0.113.9 :5\n'.repeat(5_000)).subarray(0, 60)],
  ])('changes nothing when it %s, and a good one after it is taken', async (_, content) => {
    await put('203.0.113.9 :2\n');
    await using sekisho = await LoadedProcess.start(folder, [...SPEC, '--check', '0']);
    await using client = await UdpClient.open(sekisho.port);
    await put(content);
    sekisho.child.kill('SIGHUP');
    await eventually(() => Promise.resolve(sekisho.log.includes('data files not taken')));
    expect(await answerOf(client)).toBe('127.0.0.2');
    await put('203.0.113.9 :6\n');
    sekisho.child.kill('SIGHUP');
    await eventually(async () => (await answerOf(client)) === '127.0.0.6');
  });

  it('changes nothing when it is gone or truncated in place', async () => {
    await put('203.0.113.9 :2\n203.0.113.10 :2\n');
    await using sekisho = await LoadedProcess.start(folder, [...SPEC, '--check', '0']);
    await using client = await UdpClient.open(sekisho.port);
    await truncate(path(), 20);
    sekisho.child.kill('SIGHUP');
    await eventually(() => Promise.resolve(sekisho.log.includes('its last line does not end')));
    await rm(path());
    sekisho.child.kill('SIGHUP');
    await eventually(() => Promise.resolve(sekisho.log.includes('it cannot be opened')));
    expect(await answerOf(client, listed('10.113.0.203.bl.example'))).toBe('127.0.0.2');
  });
});

describe('sekisho dns --load', () => {
  it.each([
    ['batched', {}],
    ['single thread: SEKISHO_DNS_HOT=no', { SEKISHO_DNS_HOT: 'no' }],
  ])('answers UDP %s', async (mode, environment) => {
    await put('203.0.113.9 :2:listed $\n');
    await using sekisho = await LoadedProcess.start(folder, SPEC, environment);
    await using client = await UdpClient.open(sekisho.port);
    expect(sekisho.log).toContain(`"udp":"${mode}`);
    expect(await answerOf(client)).toBe('127.0.0.2');
    expect(await answerOf(client, listed('10.113.0.203.bl.example'))).toBe(String(RCODE.NXDOMAIN));
    const [text] = (await client.ask({ ...listed(), type: TYPE.TXT }))?.answers ?? [];
    expect(text?.value).toMatchObject({ kind: 'TXT', text: 'listed 203.0.113.9' });
  });

  it('limits equal answers as an edge does, and refuses whom it must not answer', async () => {
    await put('203.0.113.9 :2\n');
    await using sekisho = await LoadedProcess.start(folder, SPEC, { SEKISHO_DNS_RRL: 'responses=5,slip=0' });
    await using client = await UdpClient.open(sekisho.port);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.ask(listed(), 1)));
    const answered = answers.filter((answer) => answer?.answers.length === 1).length;
    expect(answered).toBeGreaterThanOrEqual(5);
    expect(answered).toBeLessThan(12);
    await using closed = await LoadedProcess.start(folder, SPEC, { SEKISHO_DNS_ACCESS: '192.0.2.0/24' });
    await using stranger = await UdpClient.open(closed.port);
    expect(await answerOf(stranger)).toBe(String(RCODE.REFUSED));
  });

  it('stops answering for a zone whose data has expired', async () => {
    const stamp = new Date(Date.now() - 1_000).toISOString().slice(0, 19).replaceAll(/[-T]/g, ':');
    await put(`$TIMESTAMP ${stamp} +3s\n203.0.113.9\n`);
    await using sekisho = await LoadedProcess.start(folder, SPEC);
    await using client = await UdpClient.open(sekisho.port);
    await eventually(async () => (await answerOf(client)) === String(RCODE.SERVFAIL));
  });

  it('does not start without its files', async () => {
    await expect(LoadedProcess.start(folder, SPEC)).rejects.toThrow('sekisho: list: it cannot be opened');
  });

  it('names the line of a file that it must not use', async () => {
    await put('# combined\n10.0.0.1\n');
    await expect(LoadedProcess.start(folder, ['--load', 'bl.example:combined:list'])).rejects.toThrow(
      'sekisho: list:2: an entry without a $DATASET line before it',
    );
  });

  it('answers by TCP, which rbldnsd does not', async () => {
    await put('203.0.113.9 :2\n');
    await using sekisho = await LoadedProcess.start(folder, SPEC);
    const { dig, ensureDig } = await import('./dig.js');
    ensureDig();
    const { answer } = await dig(sekisho.port, '9.113.0.203.bl.example', '+tcp');
    expect(answer).toEqual(['9.113.0.203.bl.example. 2100 IN A 127.0.0.2']);
  });
});
