// Zone transfer judged by the name servers that operators use: NSD, Knot and BIND.
import { freePort } from '@sekisho/testing';
import { ZONE_NAMES } from '@sekisho/zone';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeFixture } from './edge-fixture.js';
import { eventually, type EdgeProcess } from './edge-process.js';
import type { Listings } from './hub-peer.js';
import { askAll, KINDS, requireSecondaries, Secondary, serialOf, type SecondaryKey } from './secondary.js';

const run = promisify(execFile);
const [A, TXT] = [1, 16];

// Reproducible numbers (a linear congruential generator is good enough to scatter addresses).
let seed = 20_261_124;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
const pick = <T>(list: readonly T[]): T => {
  const one = list[random(list.length)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
};
const mustFind = (kind: string): Secondary => {
  const found = secondaries.find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};
const code = () => `127.0.${60 + random(40)}.${pick([2, 3, 4])}`;
const address = () => `${pick([2, 5, 60, 133, 210])}.${random(4)}.${random(256)}.${random(256)}`;
const group = () => random(65_536).toString(16);
const address6 = () => `2001:db8:${pick(['1', '2'])}:${random(4)}:${group()}:${group()}:${group()}:1`;
const domain = () => `${pick(['mail', 'www', 'a.b'])}.shop${random(400)}.example`;

const addresses: Listings = {
  ...Object.fromEntries(Array.from({ length: 2_000 }, () => [address(), [code()]])),
  ...Object.fromEntries(Array.from({ length: 300 }, () => [address6(), [code()]])),
  ...{ '2.0.0.0/16': ['127.0.70.3'], '2.0.0.7': ['127.0.71.3'], '60.1.0.0/22': ['127.0.72.2'] },
  ...{ '60.1.2.0/25': ['127.0.73.2'], '133.2.0.0/16': ['127.0.74.2', '127.0.74.4'] },
  ...{ '133.2.9.0/24': ['127.0.75.2'], '133.2.9.9': ['127.0.76.2'], '127.0.0.0/8': ['127.0.61.2'] },
  ...{
    '2001:db8:1::/48': ['127.0.77.3'],
    '2001:db8:2:2::/63': ['127.0.78.3'],
    '2001:db8:1::9': ['127.0.79.3'],
  },
};
const domains: Listings = {
  ...Object.fromEntries(Array.from({ length: 500 }, () => [domain(), ['127.0.80.21']])),
  ...{ 'example.com': ['127.0.81.21'], 'x.y.example.com': ['127.0.82.20'], 'shop7.example': ['127.0.83.22'] },
};
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const hashes: Listings = Object.fromEntries(
  Array.from({ length: 100 }, (_, i) => [
    `${i % 2 ? 'address' : 'fingerprint'}:${hashOf(String(i))}`,
    [i % 2 ? '127.0.90.30' : '127.0.90.31'],
  ]),
);
const scores: Listings = Object.fromEntries(
  [...Object.keys(addresses), ...Object.keys(domains)]
    .slice(0, 1_500)
    .map((subject) => [subject, ['127.1.66.70']]),
);

const nameOf4 = (text: string) => text.split('.').reverse().join('.');
const nameOf6 = (text: string) =>
  Array.from(
    text
      .split(':')
      .map((part) => part.padStart(4, '0'))
      .join(''),
  )
    .reverse()
    .join('.');
const questions = (zone: string): string[] => {
  const fronts: string[] = [];
  if (zone === 'domain') {
    for (const listed of Object.keys(domains)) fronts.push(listed, `below.${listed}`, `a.b.${listed}`);
    for (let i = 0; i < 500; i++) fronts.push(domain(), `no${i}.example.net`);
    fronts.push('y.example.com', 'z.y.example.com', 'test', 'a.test', 'shop8.example');
  } else {
    for (const listed of Object.keys(addresses)) if (/^[\d.]+$/.test(listed)) fronts.push(nameOf4(listed));
    for (let i = 0; i < 1_500; i++) fronts.push(nameOf4(address()));
    for (let i = 0; i < 256; i++)
      fronts.push(`${i}.2.1.60`, `${i}.9.2.133`, `${i}.0.0.2`, `${i}.0.0.127`, `${i}.0.1.127`);
    for (let i = 0; i < 500; i++) fronts.push(nameOf6(address6()));
    fronts.push(`2.0.0.0.0.0.f.7.f.f.f.f${'.0'.repeat(20)}`, `1.0.0.0.0.0.f.7.f.f.f.f${'.0'.repeat(20)}`);
  }
  return [...new Set(fronts)].map((front) => `${front}.${zone}.z.example`);
};

const KEYS: Readonly<Record<string, SecondaryKey>> = Object.fromEntries(
  KINDS.map((kind) => [
    kind,
    {
      name: `${kind}-key`,
      algorithm: kind === 'nsd' ? 'hmac-sha512' : 'hmac-sha256',
      secret: randomBytes(32).toString('base64'),
    },
  ]),
);
const keyOf = (kind: string): SecondaryKey => {
  const key = KEYS[kind];
  if (!key) throw new Error(`no key of ${kind}`);
  return key;
};

let fixture: EdgeFixture;
let edge: EdgeProcess;
let environment: Record<string, string>;
const secondaries: Secondary[] = [];

beforeAll(async () => {
  await requireSecondaries();
  fixture = await EdgeFixture.create();
  fixture.hub.publish('ip', addresses);
  fixture.hub.publish('domain', domains);
  fixture.hub.publish('hash', hashes);
  fixture.hub.publish('score', scores);
  const edgePort = await freePort();
  for (const kind of KINDS) {
    const dir = join(fixture.dataDir, kind);
    secondaries.push(new Secondary(kind, dir, await freePort(), edgePort, keyOf(kind)));
  }
  const keyFile = join(fixture.dataDir, 'tsig.keys');
  const lines = Object.values(KEYS).map(
    ({ name, algorithm, secret }) =>
      `key "${name}" {\n\talgorithm ${algorithm};\n\tsecret "${secret}";\n};\n`,
  );
  await writeFile(keyFile, `# secondaries\n${lines.join('')}`, { mode: 0o600 });
  environment = {
    SEKISHO_DNS: `127.0.0.1:${edgePort}`,
    SEKISHO_TSIG_KEYS: keyFile,
    SEKISHO_NOTIFY: secondaries.map(({ port }) => `127.0.0.1:${port}`).join(','),
  };
  edge = await fixture.startLoaded(environment);
  for (const secondary of secondaries) await secondary.start();
});

afterAll(async () => {
  for (const secondary of secondaries) await secondary.stop();
  await fixture[Symbol.asyncDispose]();
});

const isInStep = async ({ port }: Secondary, zone: string): Promise<boolean> => {
  const ours = await serialOf(edge.port, zone);
  return ours !== undefined && (await serialOf(port, zone)) === ours;
};
const inStep = async (secondary: Secondary, zones: readonly string[] = [...ZONE_NAMES]) => {
  for (const zone of zones) {
    await eventually(() => isInStep(secondary, `${zone}.z.example`), 60_000).catch((error: unknown) => {
      throw new Error(`${secondary.kind} ${zone}:\n${secondary.log}\n${edge.log.slice(-3_000)}`, {
        cause: error,
      });
    });
  }
};
/** The kinds of transfer of a zone that a secondary took since a place in the edge's log. */
const transfersOf = ({ key }: Secondary, zone: string, since = 0): string[] =>
  edge.log
    .slice(since)
    .split('\n')
    .filter((line) => line.includes('"zone transferred"') && line.includes(`"key":"${key.name}"`))
    .filter((line) => line.includes(`"zone":"${zone}"`))
    .map((line) => /"kind":"(\w+)"/.exec(line)?.[1] ?? '');

async function expectSameAnswers(secondary: Secondary, zone: string): Promise<number> {
  const names = questions(zone);
  const ours = await askAll(edge.port, names, A);
  const theirs = await askAll(secondary.port, names, A);
  const differences: string[] = [];
  for (const name of names) {
    const [one, other] = [ours.get(name), theirs.get(name)];
    // 1.0.0.2 is an address and at the same time the way to IPv6 addresses: nothing listed, said in two ways.
    const isBoth = /^(?:\d\.){4}[a-z]/.test(name);
    // A name above something listed exists; below a zone of addresses we say so of all that could be above.
    const isSame = one?.values.join() === other?.values.join() && (isBoth || one?.rcode === other?.rcode);
    if (!isSame) differences.push(`${name}: ${JSON.stringify(one)} ${JSON.stringify(other)}`);
  }
  expect(differences).toEqual([]);
  return names.length;
}

describe.each(KINDS)('%s as a secondary', (kind) => {
  const the = () => mustFind(kind);

  it('takes every zone and gives our answers, listed or not', async () => {
    await inStep(the());
    let asked = 0;
    for (const zone of ['ip', 'domain', 'score']) asked += await expectSameAnswers(the(), zone);
    expect(asked).toBeGreaterThan(10_000);
    expect(transfersOf(the(), 'ip')).toContain('AXFR');
    expect(await eventually(() => isInStep(the(), 'z.example'), 20_000)).toBeGreaterThan(0);
  });

  it('has the same explanations of what is listed itself', async () => {
    const names = Object.keys(addresses)
      .filter((listed) => /^[\d.]+$/.test(listed))
      .slice(0, 500);
    const asked = names.map((listed) => `${nameOf4(listed)}.ip.z.example`);
    expect(await askAll(the().port, asked, TXT)).toEqual(await askAll(edge.port, asked, TXT));
  });

  it('refuses to transfer with a wrong secret, as the server tells it to', async () => {
    const { name, algorithm } = keyOf(kind);
    const wrong = `${algorithm}:${name}:${randomBytes(32).toString('base64')}`;
    const { stdout } = await run('dig', [
      ...['@127.0.0.1', '-p', String(edge.port), '-y', wrong, 'ip.z.example', 'AXFR', '+onesoa'],
    ]).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toMatch(/Transfer failed|tsig verify failure|TSIG error/i);
    expect(stdout).not.toContain('127.0.70.3');
  });
});

describe('all secondaries', () => {
  it('follow 1,000 changes by increments and then give our answers', { timeout: 300_000 }, async () => {
    // A small zone: the peer in the hub's place makes every delta from two whole zones.
    const dynamic = (score: number) => [`127.0.${score}.10`];
    const own = Object.keys(addresses).filter(
      (_, i) => i % 10 === 0 || i >= Object.keys(addresses).length - 12,
    );
    let current: Listings = Object.fromEntries(own.map((listed) => [listed, dynamic(60)]));
    fixture.hub.publish('policy', current);
    for (const secondary of secondaries) await inStep(secondary, ['policy']);
    const start = edge.log.length;
    for (let i = 0; i < 1_000; i++) {
      const gone = pick(Object.keys(current));
      const rest = Object.fromEntries(Object.entries(current).filter(([listed]) => listed !== gone));
      const added =
        i % 10 === 0 ? `60.${random(4)}.${random(256)}.0/24` : i % 7 === 0 ? address6() : address();
      current = { ...rest, [added]: dynamic(60 + (i % 40)) };
      fixture.hub.publish('policy', current);
      // The edge takes one step after the other.
      if (i % 25 !== 24) continue;
      const wanted = fixture.hub.zones.get('policy')?.snapshot.serial;
      await eventually(async () => (await serialOf(edge.port, 'policy.z.example')) === wanted, 60_000);
    }
    for (const secondary of secondaries) {
      await inStep(secondary, ['policy']);
      await eventually(() => Promise.resolve(transfersOf(secondary, 'policy', start).length > 0));
      const kinds = transfersOf(secondary, 'policy', start);
      expect(kinds).toContain('IXFR');
      expect(kinds).not.toContain('AXFR');
      await expectSameAnswers(secondary, 'policy');
    }
  });
});

describe.each(KINDS)('%s that was away', (kind) => {
  const the = () => mustFind(kind);
  const changeSome = (count: number) => {
    for (let i = 0; i < count; i++) {
      fixture.hub.publish('domain', { ...domains, [`back${i}-${kind}.example`]: ['127.0.99.21'] });
    }
  };
  const edgeIsInStep = () => {
    const wanted = fixture.hub.zones.get('domain')?.snapshot.serial;
    return eventually(async () => (await serialOf(edge.port, 'domain.z.example')) === wanted, 30_000);
  };

  it('comes back by increments, even over a restart of the edge', async () => {
    await inStep(the(), ['domain']);
    // NSD writes its zones a moment after it has them.
    await new Promise((resolve) => setTimeout(resolve, kind === 'nsd' ? 2_500 : 0));
    await the().stop();
    changeSome(20);
    await edgeIsInStep();
    await edge.stop();
    edge = await fixture.start(environment);
    changeSome(5);
    await edgeIsInStep();
    const start = edge.log.length;
    await the().start();
    await inStep(the(), ['domain']);
    // What the edge writes arrives a moment later.
    await eventually(() => Promise.resolve(transfersOf(the(), 'domain', start).length > 0));
    expect(transfersOf(the(), 'domain', start)).toEqual(['IXFR']);
    await expectSameAnswers(the(), 'domain');
  });

  it('comes back by the whole zone when the history is gone', async () => {
    await new Promise((resolve) => setTimeout(resolve, kind === 'nsd' ? 2_500 : 0));
    await the().stop();
    changeSome(4);
    await edgeIsInStep();
    await edge.stop();
    await rm(join(fixture.dataDir, 'edge', 'domain.journal'));
    edge = await fixture.start(environment);
    changeSome(2);
    await edgeIsInStep();
    const start = edge.log.length;
    await the().start();
    await inStep(the(), ['domain']);
    await eventually(() => Promise.resolve(transfersOf(the(), 'domain', start).includes('AXFR')));
    await expectSameAnswers(the(), 'domain');
  });
});
