// What `sekisho zone export` writes is loaded by the programs that it is for, which then answer as the edge does.
import { RCODE, nameOfText, TYPE, type Response } from '@sekisho/dns-wire';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashLabel } from '@sekisho/subject';
import { ZONE_NAMES } from '@sekisho/zone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeFixture } from './edge-fixture.js';
import type { EdgeProcess } from './edge-process.js';
import type { Listings } from './hub-peer.js';
import { checkZone, NamedProcess } from './named-process.js';
import { Chance } from './rbldnsd-files.js';
import { RbldnsdProcess } from './rbldnsd-process.js';
import { UdpClient, type Ask } from './udp-client.js';

const run = promisify(execFile);
const CLI = join(import.meta.dirname, '../../apps/cli/bin/sekisho.mjs');
const QUESTIONS = 10_000;

let fixture: EdgeFixture;
let edge: EdgeProcess;
let ours: UdpClient;
let folder: string;

beforeAll(async () => {
  fixture = await EdgeFixture.create();
  const chance = new Chance(7);
  fixture.hub.publish('ip', addresses(chance));
  fixture.hub.publish('high.ip', { '203.0.113.9': ['127.0.99.3'] });
  fixture.hub.publish('policy', { '192.0.0.0/21': ['127.0.100.10'], '2001:db8:8::/46': ['127.0.100.10'] });
  fixture.hub.publish('domain', domains());
  fixture.hub.publish('hash', hashes());
  fixture.hub.publish('score', { ...scores(addresses(chance)), ...scores(domains()), ...scores(hashes()) });
  edge = await fixture.startLoaded({ SEKISHO_DNS_RRL: 'off' });
  ours = await UdpClient.open(edge.port);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-export-'));
});

afterAll(async () => {
  await ours[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function addresses(chance: Chance): Listings {
  const listings: Record<string, readonly string[]> = {
    '10.1.0.0/16': ['127.0.60.2', '127.0.60.3', '127.0.60.4'],
    '10.1.2.0/24': ['127.0.70.2'],
    '10.1.2.128/25': ['127.0.80.2', '127.0.80.3'],
    '10.2.0.0/19': ['127.0.55.4'],
    '10.3.7.64/27': ['127.0.66.5'],
    // Their names are those of IPv6 addresses' tops: 2001:… ends in 1.0.0.2.
    '2.0.0.0/15': ['127.0.50.2'],
    '1.0.0.0/24': ['127.0.51.2'],
    '2001:db8::/32': ['127.0.61.2', '127.0.61.3'],
    '2001:db8:1::/48': ['127.0.71.2'],
    '2001:db8:2:4::/63': ['127.0.72.2'],
    '2001:db8:1::9': ['127.0.90.2', '127.0.90.3'],
    '2a00::/12': ['127.0.52.2'],
  };
  for (let i = 0; i < 400; i++) {
    const codes = Array.from(
      { length: 1 + chance.below(3) },
      (_, k) => `127.0.9${chance.below(10)}.${k + 2}`,
    );
    listings[randomAddress(chance)] = codes.sort();
    listings[`2001:db8:1:${chance.below(9)}::${1 + chance.below(200)}`] = codes;
  }
  return listings;
}

const randomAddress = (chance: Chance): string =>
  `10.${1 + chance.below(3)}.${chance.below(8)}.${chance.below(256)}`;

function domains(): Listings {
  return {
    'shop.example.com': ['127.0.80.21', '127.0.80.22'],
    'a.b.shop.example.com': ['127.0.90.20'],
    'example.net': ['127.0.81.21'],
    'x.y.example.net': ['127.0.91.22'],
    'bad.example.org': ['127.0.82.22'],
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const hashes = (): Listings => ({
  [`address:${digest('a')}`]: ['127.0.77.30'],
  [`fingerprint:${digest('f')}`]: ['127.0.78.31'],
});

/** The same subjects as they stand in the zone of scores. */
const scores = (listings: Listings): Listings =>
  Object.fromEntries(
    Object.keys(listings).map((subject, i) => [subject, [`127.1.${i % 100}.${(i * 7) % 100}`]]),
  );

async function exported(format: string): Promise<string> {
  const out = join(folder, format);
  await run(process.execPath, [CLI, 'zone', 'export', '--format', format, '--out', out], {
    env: {
      PATH: process.env['PATH'],
      SEKISHO_DATA_DIR: fixture.dataDir,
      SEKISHO_HUB_URL: fixture.hub.url,
      SEKISHO_ZONE: 'z.example',
      SEKISHO_PUBLIC_URL: 'https://hub.example',
    },
  });
  return out;
}

/** Whole addresses, domains and hashes, listed and not, in every zone that could hold them. */
function question(chance: Chance): string {
  const kind = chance.below(10);
  if (kind < 6) return `${addressName(chance)}.${chance.one(['ip', 'ip', 'high.ip', 'policy', 'score'])}`;
  if (kind < 9) {
    const front = Array.from({ length: chance.below(4) }, () =>
      chance.one(['a', 'b', 'x', 'y', 'www', 'shop', 'bad']),
    );
    const top = chance.one(['example.com', 'example.net', 'example.org', 'test', 'invalid', 'com']);
    return `${[...front, top].join('.')}.${chance.one(['domain', 'score'])}`;
  }
  return `${hashLabel(digest(chance.one(['a', 'f', 'g'])))}.${chance.one(['hash', 'score'])}`;
}

function addressName(chance: Chance): string {
  switch (chance.below(5)) {
    case 0:
      return reverse6(
        `20010db8000${chance.below(3)}000${chance.below(9)}${'0'.repeat(12)}${hex4(chance.below(220))}`,
      );
    case 1:
      return reverse6(
        `${chance.one(['20010db8', '20010000', '2a0b0001', '2a100001', '10000000', '20010db9'])}${'0'.repeat(20)}${hex4(chance.below(9))}`,
      );
    case 2: {
      const top = chance.one(['2.0', '2.1', '2.2', '1.0', '127.0', '192.0']);
      return `${top}.${chance.one(['0', '5', '77'])}.${chance.below(12)}`.split('.').reverse().join('.');
    }
    default:
      return randomAddress(chance).split('.').reverse().join('.');
  }
}

const hex4 = (number: number): string => number.toString(16).padStart(4, '0');
const reverse6 = (digits: string): string => Array.from(digits).reverse().join('.');

const ask = (name: string, type: number): Ask => ({
  name: nameOfText(`${name}.z.example`) ?? new Uint8Array(1),
  type,
  udpSize: 1232,
});

const valuesOf = (response: Response | undefined): string[] =>
  (response?.answers ?? [])
    .map(({ type, ttlSeconds, value }) => JSON.stringify([type, ttlSeconds, value]))
    .sort();

/** What docs/rbldnsd.md says of exported files. */
function isExcepted(left: Response | undefined, right: Response | undefined, type: number): boolean {
  // The edge denies no name that could be the beginning of an address's name, whether or not anything is below it.
  if (left?.rcode === RCODE.NOERROR && right?.rcode === RCODE.NXDOMAIN) return left.answers.length === 0;
  // A file knows the listed network or domain, not the name below it that is asked for.
  const ours = valuesOf(left).join();
  const theirs = valuesOf(right).join();
  const head = (text: string) => text.slice(0, text.indexOf('subject='));
  return type === TYPE.TXT && ours.includes('subject=') && head(ours) === head(theirs);
}

async function compare(theirs: UdpClient): Promise<void> {
  const chance = new Chance(99);
  const asks = Array.from({ length: QUESTIONS }, () =>
    ask(question(chance), chance.one([TYPE.A, TYPE.A, TYPE.TXT])),
  );
  const [left, right] = [await ours.askAll(asks), await theirs.askAll(asks)];
  const differences = asks.flatMap(({ name, type }, i) => {
    const same = left[i]?.rcode === right[i]?.rcode && valuesOf(left[i]).join() === valuesOf(right[i]).join();
    if (same || isExcepted(left[i], right[i], type)) return [];
    return [
      {
        name: Buffer.from(name).toString('latin1'),
        type,
        ours: valuesOf(left[i]),
        theirs: valuesOf(right[i]),
        rcodes: [left[i]?.rcode, right[i]?.rcode],
      },
    ];
  });
  const listed = left.filter((response) => (response?.answers.length ?? 0) > 0).length;
  expect(listed).toBeGreaterThan(QUESTIONS / 5);
  expect(listed).toBeLessThan((QUESTIONS * 4) / 5);
  expect(differences.slice(0, 4)).toEqual([]);
}

describe('sekisho zone export', () => {
  it('for rbldnsd gives the answers of the edge for 10,000 names', async () => {
    const out = await exported('rbldnsd');
    const specs = ZONE_NAMES.map((zone) => `${zone}.z.example:combined:${zone}.z.example.rbldnsd`);
    await using rbldnsd = await RbldnsdProcess.start(out, specs);
    expect(rbldnsd.log).not.toMatch(/file .*\(\d+\)/);
    await using theirs = await UdpClient.open(rbldnsd.port);
    await compare(theirs);
  });

  it('for BIND passes named-checkzone and gives the answers of the edge for 10,000 names', async () => {
    const out = await exported('bind');
    const zones = Object.fromEntries(
      ZONE_NAMES.map((zone) => [`${zone}.z.example`, join(out, `${zone}.z.example.zone`)]),
    );
    for (const [origin, file] of Object.entries(zones)) expect(await checkZone(origin, file)).toContain('OK');
    await using named = await NamedProcess.start(out, zones);
    await using theirs = await UdpClient.open(named.port);
    await compare(theirs);
  });

  it('as a response policy makes a resolver deny what the edge lists, and nothing else', async () => {
    const out = await exported('rpz');
    const policies = ['ip', 'high.ip', 'policy', 'domain'].map((zone) => `${zone}.rpz.z.example`);
    expect((await readdir(out)).sort()).toEqual(policies.map((origin) => `${origin}.zone`).sort());
    const chance = new Chance(5);
    const names = Array.from({ length: QUESTIONS }, (_, i) => {
      if (i % 2 === 0) {
        const labels = Array.from({ length: chance.below(4) }, () =>
          chance.one(['a', 'b', 'x', 'y', 'www', 'shop', 'bad']),
        );
        return {
          name: [...labels, chance.one(['example.com', 'example.net', 'example.org'])].join('.'),
          listing: '',
        };
      }
      const reversed = addressName(chance);
      return { name: `n${i}.up.example`, listing: `${reversed}.ip` };
    });
    await writeFile(join(out, 'root'), rootZone(names));
    const zones = Object.fromEntries([
      ['.', join(out, 'root')],
      ...policies.map((origin) => [origin, join(out, `${origin}.zone`)]),
    ]) as Record<string, string>;
    for (const origin of policies) expect(await checkZone(origin, zones[origin] ?? '')).toContain('OK');
    const policy = `response-policy { zone "ip.rpz.z.example"; zone "domain.rpz.z.example"; } recursive-only no qname-wait-recurse no;`;
    await using named = await NamedProcess.start(out, zones, policy);
    expect(named.log).not.toMatch(/rpz.*(invalid|error|failed)/i);
    await using theirs = await UdpClient.open(named.port);
    const denied = await theirs.askAll(
      names.map(({ name, listing }) => ({
        name: nameOfText(name) ?? new Uint8Array(1),
        type: isIpv6Name(listing) ? TYPE.AAAA : TYPE.A,
      })),
    );
    const listed = await ours.askAll(
      names.map(({ name, listing }) => ask(listing === '' ? `${name}.domain` : listing, TYPE.A)),
    );
    const wrong = names.filter(({ listing }, i) => {
      // Test entries are no listings of anybody.
      const isListed = (listed[i]?.answers.length ?? 0) > 0 && !listing.endsWith('.0.0.127.ip');
      return isListed !== (denied[i]?.rcode === RCODE.NXDOMAIN);
    });
    expect(wrong.slice(0, 4)).toEqual([]);
    expect(denied.filter((response) => response?.rcode === RCODE.NXDOMAIN).length).toBeGreaterThan(
      QUESTIONS / 5,
    );
  });

  it('writes the same file from a snapshot file, and replaces files as a whole', async () => {
    const out = await exported('rbldnsd');
    const before = await readFile(join(out, 'ip.z.example.rbldnsd'), 'utf8');
    await exported('rbldnsd');
    expect(await readFile(join(out, 'ip.z.example.rbldnsd'), 'utf8')).toBe(before);
    expect((await readdir(out)).filter((name) => name.endsWith('.part'))).toEqual([]);
    await edge.stop();
    const edgeFolder = join(fixture.dataDir, 'edge');
    const newest =
      (await readdir(edgeFolder))
        .filter((name) => /^ip\.\d+\.snapshot$/.test(name))
        .sort()
        .at(-1) ?? '';
    const { stdout } = await run(
      process.execPath,
      [CLI, 'zone', 'export', '--format', 'rbldnsd', '--snapshot', join(edgeFolder, newest)],
      {
        env: {
          PATH: process.env['PATH'],
          SEKISHO_ZONE: 'z.example',
          SEKISHO_PUBLIC_URL: 'https://hub.example',
        },
        maxBuffer: 1 << 26,
      },
    );
    expect(stdout).toBe(before);
  });
});

const isIpv6Name = (listing: string): boolean => listing.split('.').length > 10;

/** Everything exists: names with the address that their listing is about, all others with a harmless one. */
function rootZone(names: readonly { name: string; listing: string }[]): string {
  const lines = names
    .filter(({ listing }) => listing !== '')
    .map(({ name, listing }) => {
      const labels = listing.slice(0, -'.ip'.length).split('.').reverse();
      return labels.length === 4
        ? `${name}. A ${labels.join('.')}`
        : `${name}. AAAA ${(labels.join('').match(/.{4}/g) ?? []).join(':')}`;
    });
  return [
    '$TTL 60',
    '. SOA ns. hostmaster. 1 60 60 60 60',
    '. NS ns.',
    'ns. A 127.0.0.1',
    '*. A 198.51.100.53',
    ...lines,
    '',
  ].join('\n');
}
