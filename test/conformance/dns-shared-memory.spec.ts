// One thread patches a zone while others read the same memory at full speed. Each entry has a code that follows from its
// subject, so a reader can tell a wrong listing, whatever the moment.
import { readSubject, type Subject } from '@sekisho/subject';
import { queryName, ZoneIndex, type ZoneEntry } from '@sekisho/zone';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const MILLISECONDS = Number(process.env['SEKISHO_STRESS_MS'] ?? 3000);

/** Subjects that share all but one word, so that half-written keys would match other keys. */
function subjectOf(i: number): Subject {
  const low = i % 250;
  const high = Math.floor(i / 250) % 200;
  switch (i % 4) {
    case 0:
      return readSubject(`10.0.${high}.${low}`);
    case 1:
      return readSubject(`2001:db8:${high.toString(16)}::${low.toString(16)}`);
    case 2:
      return readSubject(`2001:db8:${high.toString(16)}:${(low + 1).toString(16)}::/64`);
    default:
      return readSubject(`${high}.${low}.example`);
  }
}

/** The labels in front of the zone's apex, in wire form. */
function frontOf(subject: Subject): Uint8Array {
  const labels = queryName(subject, 'score', 'z').split('.').slice(0, -2);
  return Uint8Array.from(labels.flatMap((label) => [label.length, ...Buffer.from(label)]));
}

/** No two subjects that are close to each other have the same. */
const codeOf = (i: number): number => 0x7f00_0000 + (i % 101) * 256 + 2 + (i % 250);
const entryOf = (i: number): ZoneEntry => ({ subject: subjectOf(i), codes: [codeOf(i)] });

// Plain JavaScript on the compiled packages: a worker does not go through the test runner.
const READER = `
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
const { ZoneIndex, QuestionKey } = await import(workerData.zone);
const { names, codes } = workerData;
const key = new QuestionKey();
let index = ZoneIndex.attach(workerData.shared);
let seen = 0, looks = 0, hits = 0, wrong = 0, moves = 0;
parentPort.postMessage('ready');
while (Atomics.load(workerData.control, 0) === 0) {
  if (Atomics.load(workerData.control, 1) !== seen) {
    seen = Atomics.load(workerData.control, 1);
    for (let next = receiveMessageOnPort(parentPort); next; next = receiveMessageOnPort(parentPort)) {
      index = ZoneIndex.attach(next.message);
      moves++;
    }
  }
  for (let i = 0; i < names.length; i++) {
    const found = index.find(key.read('score', names[i], 0, names[i].length));
    looks++;
    if (found <= 0 || !index.tables.codes.has(found)) continue;
    hits++;
    const there = index.codesOf(found);
    if (there.length !== 1 || there[0] !== codes[i]) wrong++;
  }
}
parentPort.postMessage({ looks, hits, wrong, moves });
process.exit(0);
`;

const subjectOfZeros: Subject = { type: 'ip', value: '::' };
const KEY_THEN_VALUE =
  /(for\s*\(let i = 0; i < width; i\+\+\)\s*slots\[slot \+ 1 \+ i\] = words\[at \+ i\];)\s*(Atomics\.store\(slots, slot, value\);)/;
/** Some microseconds, as a store takes that misses the caches; not to be optimised away. */
const SPIN = `
const SPUN = new Int32Array(1);
function spin() { for (let i = 0; i < 500; i++) Atomics.add(SPUN, 0, 1); }
`;

// Announces ever new addresses and withdraws the older ones, as fast as it can, while a thread below it reads.
const WRITER = `
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
const { zone, reader, milliseconds, name } = workerData;
const { ZoneIndex } = await import(zone);
const index = ZoneIndex.from({ zone: 'score', serial: 1, entries: [] });
const control = new Int32Array(new SharedArrayBuffer(8));
// No code is right for an address that is never listed.
const asked = { zone, shared: index.shared, control, names: [name], codes: [0] };
const worker = new Worker(reader, { eval: true, workerData: asked, execArgv: [] });
await once(worker, 'message');
let { layout } = index;
const text = (i) => '2001:db8::' + ((i >> 15) + 1).toString(16) + ':' + ((i & 32767) + 1).toString(16);
const subjectOf = (i) => ({ type: 'ip', value: text(i) });
let next = 0;
for (const end = performance.now() + milliseconds; performance.now() < end; next += 8) {
  const some = Array.from({ length: 8 }, (_, i) => next + i);
  index.apply({
    zone: 'score',
    from: index.serial,
    to: index.serial + 1,
    announce: some.map((i) => ({ subject: subjectOf(i), codes: [0x7f010203] })),
    withdraw: next < 64 ? [] : some.map((i) => subjectOf(i - 64)),
  });
  if (index.layout !== layout) {
    ({ layout } = index);
    worker.postMessage(index.shared);
    Atomics.add(control, 1, 1);
  }
}
const result = once(worker, 'message');
Atomics.store(control, 0, 1);
const [{ looks, wrong }] = await result;
parentPort.postMessage({ inserted: next, looks, wrong });
`;

describe('a zone in shared memory', () => {
  it.each([
    ['a thousand entries a second change', 20_000, 50, 50],
    ['few entries change as fast as they can', 256, 8, 0],
  ])('never shows a reader a listing that is not, while %s', async (_, count, deltas, tickMs) => {
    const index = ZoneIndex.from({
      zone: 'score',
      serial: 1,
      entries: Array.from({ length: count / 2 }, (_, i) => entryOf(i)),
    });
    const control = new Int32Array(new SharedArrayBuffer(8));
    const workerData = {
      zone: new URL('../../libs/zone/dist/index.js', import.meta.url).toString(),
      shared: index.shared,
      control,
      names: Array.from({ length: count }, (_, i) => frontOf(subjectOf(i))),
      codes: Array.from({ length: count }, (_, i) => codeOf(i)),
    };
    // Without the test runner's conditions, which lead to sources.
    const worker = new Worker(READER, { eval: true, workerData, execArgv: [] });
    expect(await once(worker, 'message')).toEqual(['ready']);
    let { layout } = index;
    let next = count / 2;
    const end = performance.now() + MILLISECONDS;
    while (performance.now() < end) {
      const announce = Array.from({ length: deltas }, (_, i) => entryOf((next + i) % count));
      const withdraw = Array.from({ length: deltas }, (_, i) => subjectOf((next + i + count / 2) % count));
      next += deltas;
      index.apply({ zone: 'score', from: index.serial, to: index.serial + 1, announce, withdraw });
      if (index.layout !== layout) {
        ({ layout } = index);
        worker.postMessage(index.shared);
        Atomics.add(control, 1, 1);
      }
      if (tickMs > 0) await new Promise((done) => setTimeout(done, tickMs));
    }
    const result = once(worker, 'message');
    Atomics.store(control, 0, 1);
    const [{ looks, hits, wrong, moves }] = (await result) as [
      { looks: number; hits: number; wrong: number; moves: number },
    ];
    expect(wrong).toBe(0);
    expect(looks).toBeGreaterThan(10 * count);
    expect(hits).toBeGreaterThan(count);
    expect(moves).toBeGreaterThan(0);
  });

  // The judge above is worth something only if it sees what a writer without the order of writes does. This is the
  // product's own writer, in a copy of its compiled code: once with its two stores of a new entry apart, once with them
  // in each other's place. The reader asks for the address whose key is what a slot holds before its key is written.
  it.each([
    ['shows nothing wrong, however long the stores of a new entry are apart', '$1 spin(); $2', false],
    ['is found out when the writer stores the value before the key', '$2 spin(); $1', true],
  ] as const)('%s', async (_, order, isTorn) => {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-torn-'));
    try {
      await cp(new URL('../../libs/zone/dist/', import.meta.url), folder, { recursive: true });
      const path = join(folder, 'key-table.js');
      const code = await readFile(path, 'utf8');
      expect(code).toMatch(KEY_THEN_VALUE);
      await writeFile(path, `${code.replace(KEY_THEN_VALUE, order)}\n${SPIN}`);
      const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
      await symlink(modules, join(folder, 'node_modules'));
      await writeFile(join(folder, 'package.json'), '{"type":"module"}');
      const zone = pathToFileURL(join(folder, 'index.js')).toString();
      const workerData = { zone, reader: READER, milliseconds: MILLISECONDS, name: frontOf(subjectOfZeros) };
      const writer = new Worker(WRITER, { eval: true, workerData, execArgv: [] });
      const [{ inserted, looks, wrong }] = (await once(writer, 'message')) as [
        { inserted: number; looks: number; wrong: number },
      ];
      expect(inserted).toBeGreaterThan(1000);
      expect(looks).toBeGreaterThan(10_000);
      expect(wrong > 0).toBe(isTorn);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  // The same of a writer that takes the slot of another key, which the product's never does.
  it('is found out when a writer breaks the order of writes', async () => {
    const { slots, at, keys, names, codes, shared } = tornZone();
    const control = new Int32Array(new SharedArrayBuffer(8));
    const zone = new URL('../../libs/zone/dist/index.js', import.meta.url).toString();
    const workerData = { zone, shared, control, names, codes: codes.map(({ code }) => code) };
    const worker = new Worker(READER, { eval: true, workerData, execArgv: [] });
    expect(await once(worker, 'message')).toEqual(['ready']);
    const end = performance.now() + MILLISECONDS;
    for (let turn = 0; performance.now() < end; turn++) {
      const mine = turn % 2;
      slots[at] = codes[mine]?.handle ?? 0;
      slots.set(keys[mine] ?? [], at + 1);
    }
    const result = once(worker, 'message');
    Atomics.store(control, 0, 1);
    const [{ hits, wrong }] = (await result) as [{ hits: number; wrong: number }];
    expect(hits).toBeGreaterThan(1000);
    expect(wrong).toBeGreaterThan(0);
  });
});

/** Two IPv6 addresses whose search begins at the same slot, and that slot of a table that holds the first. */
function tornZone() {
  const of = (text: string, code: number) =>
    ZoneIndex.from({ zone: 'score', serial: 1, entries: [{ subject: readSubject(text), codes: [code] }] });
  const [first, second] = [0x7f00_0102, 0x7f00_0203];
  const index = of('2001:db8::1', first);
  const slotOf = ({ shared }: ZoneIndex) => shared.ipv6.findIndex((word, i) => i % 5 === 0 && word !== 0);
  const at = slotOf(index);
  const twin = Array.from({ length: 1000 }, (_, i) => `2001:db8::${(i + 2).toString(16)}`).find(
    (text) => slotOf(of(text, second)) === at,
  );
  if (twin === undefined) throw new Error('no two addresses with one slot');
  const keyIn = (other: ZoneIndex) => [...other.shared.ipv6.subarray(at + 1, at + 5)];
  const codes = [first, second].map((code) => ({ code, handle: index.tables.codes.intern([code]) }));
  const keys = [keyIn(index), keyIn(of(twin, second))];
  const names = ['2001:db8::1', twin].map((text) => frontOf(readSubject(text)));
  return { slots: index.shared.ipv6, at, keys, names, codes, shared: index.shared };
}
