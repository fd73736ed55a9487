import type { Needs, Standing } from '@sekisho/policy';
import { parseIp } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { EdgeCheck } from './edge-check.js';
import type { EdgeAnswer } from './edge-client.js';
import { StandingSource } from './standing-source.js';

const ALL: Needs = { high: true, dynamic: true, score: 'all' };
const IP_ONLY: Needs = { high: false, dynamic: false, score: 'no' };
const ADDRESS = parseIp('203.0.113.9');
const ABSENT: EdgeAnswer = { kind: 'codes', codes: [], ttlSeconds: 60 };
const LISTED: EdgeAnswer = { kind: 'codes', codes: [0x7f005b03], ttlSeconds: 60 };
const NO_ACCESS: EdgeAnswer = { kind: 'codes', codes: [0x7ffffffe], ttlSeconds: 1 };
const NEVER = '1.0.0.127.';

/** An edge that answers by the first zone or name that fits, and else that nothing is listed. */
function edgeOf(answers: Readonly<Record<string, EdgeAnswer>>) {
  const asked: string[] = [];
  const ask = (name: string) => {
    asked.push(name);
    const found = Object.entries(answers).find(([part]) => name.includes(part));
    return Promise.resolve(found?.[1] ?? ABSENT);
  };
  return { asked, ask };
}

const sourceOf = (edge: ReturnType<typeof edgeOf>, keyLabel?: string) =>
  new StandingSource(edge, { apex: 'z.example', keyLabel, maxCached: 10 });

describe('StandingSource', () => {
  it('puts together what the zones say', async () => {
    const edge = edgeOf({
      '.score.z': { kind: 'codes', codes: [0x7f015b46], ttlSeconds: 60 },
      '.policy.z': { kind: 'codes', codes: [0x7f00640a], ttlSeconds: 60 },
      '.ip.z': LISTED,
    });
    const wanted: Standing = {
      kind: 'known',
      listings: [
        { category: 'zombie', score: 91 },
        { category: 'dynamic-range', score: 100 },
      ],
      ...{ isHigh: true, score: 91, confidence: 70 },
    };
    expect(await sourceOf(edge).ask(ADDRESS, ALL, 0)).toEqual(wanted);
    expect(edge.asked).toContain('9.113.0.203.high.ip.z.example');
  });

  it('asks no more zones than the policy needs, and high.ip of listed addresses alone', async () => {
    const edge = edgeOf({});
    await sourceOf(edge).ask(ADDRESS, { ...IP_ONLY, high: true, score: 'listed' }, 0);
    expect(edge.asked).toEqual(['9.113.0.203.ip.z.example']);
  });

  it('puts the key in front of the zone', async () => {
    const edge = edgeOf({});
    await sourceOf(edge, 'k'.repeat(32)).ask(ADDRESS, IP_ONLY, 0);
    expect(edge.asked).toEqual([`9.113.0.203.${'k'.repeat(32)}.ip.z.example`]);
  });

  it('takes one error code or one zone without an answer for nothing known, and does not remember it', async () => {
    for (const zone of ['.ip.z', '.high.ip.z', '.policy.z', '.score.z']) {
      const edge = edgeOf({ [zone]: NO_ACCESS, '9.113.0.203.ip.z': LISTED });
      const source = sourceOf(edge);
      expect(await source.ask(ADDRESS, ALL, 0)).toEqual({ kind: 'unknown', reason: 'error-code' });
      expect(source.remembered(ADDRESS, ALL, 0)).toBeUndefined();
      const silent = edgeOf({ [zone]: { kind: 'failed', reason: 'timeout' }, '9.113.0.203.ip.z': LISTED });
      expect(await sourceOf(silent).ask(ADDRESS, ALL, 0)).toEqual({ kind: 'unknown', reason: 'timeout' });
    }
  });

  it('remembers for as long as the TTL says and the policy is the same', async () => {
    const source = sourceOf(edgeOf({ '.ip.z': LISTED }));
    const standing = await source.ask(ADDRESS, IP_ONLY, 1_000);
    expect(source.remembered(ADDRESS, IP_ONLY, 60_999)).toEqual(standing);
    expect(source.remembered(ADDRESS, IP_ONLY, 61_000)).toBeUndefined();
    expect(source.remembered(ADDRESS, { ...IP_ONLY }, 2_000)).toBeUndefined();
  });

  it('asks once for two who ask at the same time', async () => {
    const edge = edgeOf({});
    const source = sourceOf(edge);
    await Promise.all([source.ask(ADDRESS, IP_ONLY, 0), source.ask(ADDRESS, IP_ONLY, 0)]);
    expect(edge.asked).toHaveLength(1);
  });
});

describe('EdgeCheck', () => {
  const stateOf = async (answers: Readonly<Record<string, EdgeAnswer>>, isHashUsed = false) => {
    const states: unknown[] = [];
    const check = new EdgeCheck(sourceOf(edgeOf(answers)), {
      needs: () => IP_ONLY,
      ...{ isHashUsed, healthUrl: undefined },
      onChange: (state) => states.push(state),
    });
    expect(check.state).toEqual({ kind: 'bad', reason: 'self-test' });
    const state = await check.check();
    expect(states).toEqual([state]);
    return state;
  };

  it('believes an edge whose test entries are as they must be', async () => {
    expect(await stateOf({ [NEVER]: ABSENT, '.ip.z': LISTED })).toEqual({ kind: 'good' });
  });

  it.each([
    ['lists everything', { '.ip.z': LISTED }, 'self-test'],
    ['lists nothing', {}, 'self-test'],
    ['gives error codes', { '.ip.z': NO_ACCESS }, 'error-code'],
    ['does not answer', { '.ip.z': { kind: 'failed', reason: 'timeout' } as const }, 'timeout'],
  ])('does not believe an edge that %s', async (_, answers, reason) => {
    expect(await stateOf(answers)).toEqual({ kind: 'bad', reason });
  });

  it.each([
    ['as they must be', { 'test.hash': LISTED }, { kind: 'good' }],
    ['all listed', { '.hash.z': LISTED }, { kind: 'bad', reason: 'self-test' }],
    ['none listed', {}, { kind: 'bad', reason: 'self-test' }],
  ])('asks for those of hash.Z where it is in use: %s', async (_, answers, wanted) => {
    const good = { [NEVER]: ABSENT, '.ip.z': LISTED };
    expect(await stateOf({ ...good, ...answers }, true)).toEqual(wanted);
    expect(await stateOf({ ...good, ...answers })).toEqual({ kind: 'good' });
  });

  it('forgets what an edge said that fails, also what it says later about what was asked before', async () => {
    let isHonest = true;
    let answerLate: (answer: EdgeAnswer) => void = () => undefined;
    const source = new StandingSource(
      {
        ask: (name) => {
          if (name.startsWith('7.')) return new Promise((resolve) => (answerLate = resolve));
          const isListed = !isHonest || name.startsWith('2.0.0.127.');
          return Promise.resolve(isListed ? LISTED : ABSENT);
        },
      },
      { apex: 'z.example', keyLabel: undefined, maxCached: 10 },
    );
    const options = { needs: () => IP_ONLY, healthUrl: undefined, onChange: () => undefined };
    const check = new EdgeCheck(source, options);
    expect(await check.check()).toEqual({ kind: 'good' });
    isHonest = false;
    await source.ask(ADDRESS, IP_ONLY, 0);
    const late = parseIp('203.0.113.7');
    const asked = source.ask(late, IP_ONLY, 0);
    expect(source.remembered(ADDRESS, IP_ONLY, 1)).toBeDefined();
    expect(await check.check()).toEqual({ kind: 'bad', reason: 'self-test' });
    answerLate(LISTED);
    await asked;
    expect(source.remembered(ADDRESS, IP_ONLY, 1)).toBeUndefined();
    expect(source.remembered(late, IP_ONLY, 1)).toBeUndefined();
  });
});
