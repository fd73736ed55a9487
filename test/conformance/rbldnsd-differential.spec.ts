// The same data files and the same questions to the real rbldnsd and to `sekisho dns --load`: every answer is the same
// but for the exceptions in rbldnsd-exceptions.ts.
import { nameOfText, textOfName, TYPE, type Response, type ResponseRecord } from '@sekisho/dns-wire';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoadedProcess } from './loaded-process.js';
import { EXCEPTIONS, type Compared } from './rbldnsd-exceptions.js';
import { Chance, dataFiles, randomName, SPECS, wire } from './rbldnsd-files.js';
import { dumpOwners, RbldnsdProcess } from './rbldnsd-process.js';
import { UdpClient, type Ask } from './udp-client.js';

const SEED = 20_261_124;
const QUESTIONS = 100_000;
const BATCH = 5_000;
const TYPES = [TYPE.A, TYPE.A, TYPE.A, TYPE.TXT, TYPE.TXT, TYPE.ANY, TYPE.SOA, TYPE.NS, TYPE.AAAA, 15];
const RARE_TYPES = [TYPE.AXFR, TYPE.IXFR, 257, 65, 12, 0];

const VERSION: Ask = {
  name: wire([[...Buffer.from('version')], [...Buffer.from('bind')]]),
  type: TYPE.TXT,
  class: 3,
};

let folder: string;
let rbldnsd: RbldnsdProcess;
let sekisho: LoadedProcess;
let theirs: UdpClient;
let ours: UdpClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-rbldnsd-'));
  for (const [name, content] of Object.entries(dataFiles(SEED))) await writeFile(join(folder, name), content);
  rbldnsd = await RbldnsdProcess.start(folder, SPECS);
  sekisho = await LoadedProcess.start(
    folder,
    SPECS.flatMap((spec) => ['--load', spec]),
  );
  theirs = await UdpClient.open(rbldnsd.port);
  ours = await UdpClient.open(sekisho.port);
});

afterAll(async () => {
  for (const resource of [theirs, ours, rbldnsd, sekisho]) {
    if (resource as AsyncDisposable | undefined) await resource[Symbol.asyncDispose]();
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

// Names in SOA and NS are compressed against the question, whose case they then show: it means nothing (RFC 4343).
const shown = (records: readonly ResponseRecord[]): string[] =>
  records
    .map(({ name, type, ttlSeconds, value }) => {
      const text = JSON.stringify([name, type, ttlSeconds, value]);
      return type === TYPE.SOA || type === TYPE.NS ? text.toLowerCase() : text;
    })
    .sort();

/** What is compared: the code, the flag AA, the answers in any order, and the SOA that a negative answer carries. */
function essence(response: Response | undefined): unknown {
  if (!response) return 'no answer';
  const { rcode, isAuthoritative, answers, authority } = response;
  return {
    rcode,
    isAuthoritative,
    answers: shown(answers),
    soa: shown(authority.filter(({ type }) => type === TYPE.SOA)),
  };
}

interface Difference {
  readonly question: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** The name of the first address whose name ends in these nibbles. */
function firstAddress(name: string): Uint8Array {
  const [front = ''] = /^(?:[0-9a-f]\.)+(?=[a-z])/.exec(name) ?? [];
  const whole = `${'0.'.repeat(Math.max(0, 32 - front.length / 2))}${name}`;
  return nameOfText(whole) ?? new Uint8Array(1);
}

/** The names that have one of the owners below them; networks are wildcards among the owners. */
function aboveListed(owners: readonly string[]): (name: string) => boolean {
  const tails = (name: string): string[] =>
    [...name.matchAll(/(?<!\\)\./g)].map(({ index }) => name.slice(index + 1));
  const suffixes = new Set(owners.flatMap((owner) => tails(owner.toLowerCase())));
  const wildcards = new Set(owners.filter((owner) => owner.startsWith('*.')).map((owner) => owner.slice(2)));
  // ::ffff:0:0/96 and 2002::/16, which stand for IPv4 addresses.
  const embedded = [`${'0'.repeat(20)}ffff`, '2002'];
  return (name) => {
    if (suffixes.has(name)) return true;
    const [front = ''] = /^(?:[0-9a-f]{1,3}\.)+(?=[a-z])/.exec(name) ?? [];
    const digits = front.split('.').reverse().join('');
    if (embedded.some((prefix) => prefix.startsWith(digits) || digits.startsWith(prefix))) return true;
    return front !== '' && tails(name).some((tail) => wildcards.has(tail));
  };
}

describe('sekisho dns --load', () => {
  it(`answers ${QUESTIONS} random questions as rbldnsd does`, { timeout: 300_000 }, async () => {
    const chance = new Chance(SEED + 1);
    const excepted = new Map<string, number>();
    const counts = { listed: 0, denied: 0 };
    const above: string[] = [];
    const differences: Difference[] = [];
    for (let done = 0; done < QUESTIONS; done += BATCH) {
      const asks = Array.from({ length: BATCH }, (): Ask => {
        const isRare = chance.below(100) === 0;
        const name = randomName(chance);
        const type = isRare ? chance.one(RARE_TYPES) : chance.one(TYPES);
        const ask = { name, type, class: chance.below(500) === 0 ? chance.one([3, 255]) : 1 };
        return chance.below(3) === 0 ? ask : { ...ask, udpSize: chance.one([512, 1232, 1232, 4096]) };
      });
      asks[0] = VERSION;
      const [fromThem, fromUs] = [await theirs.askAll(asks), await ours.askAll(asks)];
      asks.forEach((ask, i) => {
        const name = textOfName(ask.name).toLowerCase();
        const compared: Compared = {
          type: ask.type,
          class: ask.class ?? 1,
          theirs: fromThem[i],
          ours: fromUs[i],
        };
        if (compared.theirs && compared.theirs.answers.length > 0) counts.listed++;
        else if (compared.theirs?.rcode === 3) counts.denied++;
        const [left, right] = [essence(compared.theirs), essence(compared.ours)];
        if (JSON.stringify(left) === JSON.stringify(right)) return;
        const exception = EXCEPTIONS.find(({ applies }) => applies(compared));
        if (exception) {
          excepted.set(exception.name, (excepted.get(exception.name) ?? 0) + 1);
          if (exception.name === 'empty non-terminals') above.push(name);
        } else differences.push({ question: `${name} type ${ask.type}`, theirs: left, ours: right });
      });
    }
    expect(differences.slice(0, 5)).toEqual([]);
    expect(differences).toHaveLength(0);
    // The questions are worth something only when they meet what is listed, what is not, and every exception.
    expect(counts.listed).toBeGreaterThan(QUESTIONS / 10);
    expect(counts.denied).toBeGreaterThan(QUESTIONS / 10);
    expect([...excepted.keys()].sort()).toEqual(EXCEPTIONS.map(({ name }) => name).sort());
    // A name is called an empty non-terminal only when rbldnsd itself has something below it.
    const isAbove = aboveListed(await dumpOwners(folder, SPECS));
    const unknown = [...new Set(above)].filter((name) => !isAbove(name));
    // Its list leaves some single IPv6 addresses out: they are asked for.
    const probes = await theirs.askAll(unknown.map((name) => ({ name: firstAddress(name), type: TYPE.A })));
    expect(unknown.filter((_, i) => !probes[i]?.answers.length).slice(0, 5)).toEqual([]);
  });

  it('names the lines that it does not take, as rbldnsd does', () => {
    const numbers = (log: string, pattern: RegExp) =>
      [...new Set([...log.matchAll(pattern)].map(([, file, line]) => `${file}:${line}`))].sort();
    const theirLines = numbers(rbldnsd.log, /file (set)\((\d+)\): (?!duplicated)/g);
    const ourLines = numbers(sekisho.log, /"file":"(set)","line":(\d+)/g);
    // It names the first five.
    expect(theirLines).toHaveLength(5);
    expect(ourLines).toEqual(expect.arrayContaining(theirLines));
  });

  it('answers packets that rbldnsd drops, as RFC 1035 and 9619 say, and drops what is no question', async () => {
    const name = wire([[0x62, 0x6c], [...Buffer.from('example')]]);
    const question = (qdcount: number, flags: number, body: readonly number[]) => (id: number) =>
      Uint8Array.of(id >> 8, id & 255, flags >> 8, flags & 255, 0, qdcount, 0, 0, 0, 0, 0, 0, ...body);
    const whole = [...name, 0, 1, 0, 1];
    const rcodes = async (client: UdpClient, packet: (id: number) => Uint8Array) =>
      ((await client.exchange(packet, 300))?.[3] ?? 0xff) & 15;
    // rbldnsd, sekisho; 15 is silence.
    for (const [packet, them, us] of [
      [question(2, 0, [...whole, ...whole]), 15, 1],
      [question(0, 0, []), 15, 1],
      [question(1, 0, [0xc0, 0x0c, 0, 1, 0, 1]), 15, 1],
      [question(1, 0, whole.slice(0, -3)), 15, 1],
      [question(1, 0x2800, whole), 4, 4],
      [question(1, 0x8000, whole), 15, 15],
    ] as const) {
      expect([await rcodes(theirs, packet), await rcodes(ours, packet)]).toEqual([them, us]);
    }
  });
});
