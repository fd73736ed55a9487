// An edge keeps answering whatever happens to the hub: snapshot, changes, loss, return, restart, damage.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dig, digShort, ensureDig } from './dig.js';
import { EdgeFixture } from './edge-fixture.js';
import { eventually, type EdgeProcess } from './edge-process.js';

beforeAll(ensureDig);

const NAME = '9.113.0.203.ip.z.example';
const codes = (edge: EdgeProcess) => digShort(edge.port, NAME);
const shows = (edge: EdgeProcess, ...wanted: string[]) =>
  eventually(async () => (await codes(edge)).join() === wanted.join());

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('an edge', () => {
  it('shows a change of the hub within a second', async () => {
    await using fixture = await EdgeFixture.create();
    const edge = await fixture.startLoaded();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    expect(await shows(edge, '127.0.91.3')).toBeLessThan(1_000);
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.95.3', '127.0.95.4'] });
    expect(await shows(edge, '127.0.95.3', '127.0.95.4')).toBeLessThan(1_000);
    fixture.hub.publish('ip', {});
    expect(await shows(edge)).toBeLessThan(1_000);
    expect((await dig(edge.port, NAME)).status).toBe('NXDOMAIN');
  });

  it('takes the snapshot again when the hub no longer knows its serial', async () => {
    await using fixture = await EdgeFixture.create();
    const edge = await fixture.startLoaded();
    await fixture.hub.close();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.92.3'] });
    fixture.hub.forgetChanges('ip');
    await fixture.hub.open();
    await shows(edge, '127.0.92.3');
    // Once at the start and once now; a question that the closing hub cut off is asked again.
    const taken = fixture.hub.requests.filter((path) => path === '/zones/ip/snapshot');
    expect(taken.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    '{"zone":"ip","from":1,"to":2,"announce":[["x",[]]],"withdraw":[]}',
    '{"zone":"policy","from":1,"to":2}',
    'no JSON',
  ])('recovers from a change that it cannot read: %s', async (text) => {
    await using fixture = await EdgeFixture.create();
    const edge = await fixture.startLoaded();
    fixture.hub.spoilNextChange(text);
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    await shows(edge, '127.0.91.3');
  });

  it('answers while the hub is away, and catches up when it is back', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    const edge = await fixture.startLoaded();
    await fixture.hub.close();
    await eventually(() =>
      Promise.resolve(edge.log.includes('the hub cannot be followed: serving the last state')),
    );
    expect(await codes(edge)).toEqual(['127.0.91.3']);
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.60.3'] });
    await fixture.hub.open();
    await shows(edge, '127.0.60.3');
  });

  it('starts from its snapshot when the hub is down, with the last change it had seen', async () => {
    await using fixture = await EdgeFixture.create();
    const first = await fixture.startLoaded();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    await shows(first, '127.0.91.3');
    expect(await first.stop()).toBe(0);
    await fixture.hub.close();
    const second = await fixture.start();
    expect(await codes(second)).toEqual(['127.0.91.3']);
    expect((await dig(second.port, 'ip.z.example', 'SOA')).answer.join()).toContain(' 2 300 60 ');
  });

  it('ignores a damaged snapshot file, says SERVFAIL, and recovers with the hub', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    const first = await fixture.startLoaded();
    await first.stop();
    await fixture.hub.close();
    await flipBit(join(fixture.dataDir, 'edge', 'ip.2.snapshot'));
    const second = await fixture.start();
    expect((await dig(second.port, NAME)).status).toBe('SERVFAIL');
    expect((await dig(second.port, 'policy.z.example', 'SOA')).status).toBe('NOERROR');
    expect(second.log).toContain('snapshot file ignored');
    await fixture.hub.open();
    await shows(second, '127.0.91.3');
  });

  it('goes back to the snapshot before a damaged or unsigned one', async () => {
    await using fixture = await EdgeFixture.create();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    await (await fixture.startLoaded()).stop();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.92.3'] });
    fixture.hub.forgetChanges('ip');
    const edge = await fixture.start();
    await shows(edge, '127.0.92.3');
    await edge.stop();
    await fixture.hub.close();
    const [good, signature] = await Promise.all(
      ['snapshot', 'jws'].map((suffix) => readFile(join(fixture.dataDir, 'edge', `ip.3.${suffix}`))),
    );
    for (const [suffix, bytes] of [
      ['snapshot', good?.subarray(0, 100)],
      ['jws', Buffer.from('none')],
    ] as const) {
      await writeFile(join(fixture.dataDir, 'edge', `ip.3.${suffix}`), bytes ?? '');
      const again = await fixture.start();
      expect(await codes(again)).toEqual(['127.0.91.3']);
      await again.stop();
      await writeFile(join(fixture.dataDir, 'edge', 'ip.3.snapshot'), good ?? '');
      await writeFile(join(fixture.dataDir, 'edge', 'ip.3.jws'), signature ?? '');
    }
    expect(await codes(await fixture.start())).toEqual(['127.0.92.3']);
  });

  it('starts with the changes up to the first that is damaged', async () => {
    await using fixture = await EdgeFixture.create();
    const first = await fixture.startLoaded();
    for (const score of [91, 92, 93]) {
      fixture.hub.publish('ip', { '203.0.113.9': [`127.0.${score}.3`] });
      await shows(first, `127.0.${score}.3`);
    }
    await first.stop();
    await fixture.hub.close();
    const path = join(fixture.dataDir, 'edge', 'ip.1.changes');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('127.0.93.3', '127.0.99.3'));
    expect(await codes(await fixture.start())).toEqual(['127.0.92.3']);
    // As a crash leaves it.
    await writeFile(path, text.slice(0, -20));
    expect(await codes(await fixture.start())).toEqual(['127.0.92.3']);
  });

  it('takes a new key from the hub, and nothing that a key of nobody signed', async () => {
    await using fixture = await EdgeFixture.create();
    const edge = await fixture.startLoaded();
    fixture.hub.rotateKey();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
    await shows(edge, '127.0.91.3');
    fixture.hub.signAsStranger();
    fixture.hub.publish('ip', { '203.0.113.9': ['127.0.92.3'] });
    await eventually(() => Promise.resolve(edge.log.includes('its kid is no key of the hub')));
    expect(await codes(edge)).toEqual(['127.0.91.3']);
  });

  it('says SERVFAIL, not NXDOMAIN, for a zone that it never had, and what to do about a wrong token', async () => {
    await using fixture = await EdgeFixture.create();
    await writeFile(join(fixture.dataDir, 'keys', 'edge.token'), 'another\n');
    const edge = await fixture.start();
    await eventually(() => Promise.resolve(edge.log.includes('edge.token')));
    expect((await dig(edge.port, NAME)).status).toBe('SERVFAIL');
    expect(edge.log).toContain('no snapshot on disk: this zone cannot be asked until the hub gives one');
  });
});
