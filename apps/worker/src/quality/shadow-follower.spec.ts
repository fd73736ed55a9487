import { positionAfter, positionBefore, type OpenSample, type ReportSet } from '@sekisho/persistence';
import { LEARNED_VERSION, shadowSince } from '@sekisho/reputation';
import { beforeEach, describe, expect, it } from 'vitest';
import { ShadowFollower, type ShadowModel } from './shadow-follower.js';

const NOON = Date.UTC(2030, 2, 15, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Two reports in each hour. */
const given = (hours: number): ReportSet => ({ count: 2 * hours, digest: BigInt(hours) });

let now: number;
let state: { held: boolean; stored: ReportSet; sample: OpenSample | undefined };
/** What was asked of models and repository, in order. */
let calls: string[];
let errors: unknown[];
/** Answers what following waits for. */
let endFollow: ((error?: Error) => void) | undefined;
let isWaiting: boolean;

beforeEach(() => {
  now = NOON;
  state = { held: true, stored: given(1), sample: { foretoldAt: new Date(NOON), subjects: ['192.0.2.1'] } };
  [calls, errors, endFollow, isWaiting] = [[], [], undefined, false];
});

function openModel(): ShadowModel {
  calls.push('open');
  return {
    async follow([from], until) {
      calls.push(`follow ${from} ${until.toISOString()}`);
      if (isWaiting) {
        await new Promise<void>((resolve, reject) => {
          endFollow = (error) => {
            if (error) reject(error);
            else resolve();
          };
        });
      }
      return { given: given(1) };
    },
    foretell: (subjects) => Promise.resolve({ scores: subjects.map(() => 0.25), held: 7 }),
    close() {
      calls.push('close');
      endFollow?.(new Error('the thread has ended'));
      return Promise.resolve();
    },
  };
}

const open = () =>
  new ShadowFollower(
    {
      hold: () => Promise.resolve(state.held),
      release: () => {
        calls.push('release');
        return Promise.resolve();
      },
      openSample: (version, after, until) => {
        expect([version, until.getTime() - after.getTime()]).toEqual([LEARNED_VERSION, 59 * MINUTE_MS]);
        return Promise.resolve(state.sample);
      },
      foretell: (_version, { subjects }, scores) => {
        calls.push(`told ${scores.join()}`);
        return Promise.resolve(subjects.length);
      },
      stored: () => Promise.resolve(state.stored),
      reportsAfter: () => Promise.resolve(3),
    },
    {
      ...{ openModel, now: () => new Date(now) },
      onForetold: () => undefined,
      onError: (error) => errors.push(error),
    },
  );

/** An hour later with its sample. */
function nextHour(): void {
  now += HOUR_MS;
  state.sample = { foretoldAt: new Date(now), subjects: ['192.0.2.1'] };
}

const iso = (at: number) => new Date(at).toISOString();

describe('following in shadow', () => {
  it('reads from the beginning once, then only what came since', async () => {
    const follower = open();
    expect(follower.subjects()).toBeUndefined();
    expect(await follower.behind()).toBeUndefined();
    expect(await follower.run()).toBe(1);
    nextHour();
    expect(await follower.run()).toBe(1);
    expect(calls).toEqual([
      ...['open', `follow ${positionBefore(new Date(shadowSince(NOON)))[0]} ${iso(NOON)}`, 'told 0.25'],
      ...[`follow ${positionAfter(new Date(NOON))[0]} ${iso(NOON + HOUR_MS)}`, 'told 0.25'],
    ]);
    expect([follower.subjects(), await follower.behind()]).toEqual([7, 3]);
  });

  it('begins anew when what is stored is not what was given, be it as many', async () => {
    const follower = open();
    await follower.run();
    state.stored = { count: 2, digest: 99n };
    nextHour();
    await follower.run();
    expect(calls.filter((call) => call === 'open' || call === 'close')).toEqual(['open', 'close', 'open']);
  });

  it('does nothing without a sample, or twice for one', async () => {
    const follower = open();
    await follower.run();
    calls.length = 0;
    expect(await follower.run()).toBe(0);
    state.sample = undefined;
    expect(await follower.run()).toBe(0);
    expect(calls).toEqual([]);
  });

  it('says nothing of a sample when learning took an hour, and goes on from there', async () => {
    const follower = open();
    isWaiting = true;
    const running = follower.run();
    await expect.poll(() => endFollow).toBeDefined();
    now += HOUR_MS;
    endFollow?.();
    expect(await running).toBe(0);
    isWaiting = false;
    state.sample = { foretoldAt: new Date(now), subjects: ['192.0.2.1'] };
    expect(await follower.run()).toBe(1);
    expect(calls.filter((call) => call === 'open')).toHaveLength(1);
  });

  it('gives up its model when another worker has taken over', async () => {
    const follower = open();
    await follower.run();
    state.held = false;
    nextHour();
    expect(await follower.run()).toBe(0);
    expect(calls.at(-1)).toBe('close');
    expect(follower.subjects()).toBeUndefined();
  });

  it('does not wait for what is being learned when it is closed, and says nothing of it', async () => {
    isWaiting = true;
    const follower = open();
    follower.start();
    await expect.poll(() => endFollow).toBeDefined();
    await follower.close();
    expect(calls).toContain('close');
    expect(calls.at(-1)).toBe('release');
    expect(calls).not.toContain('told 0.25');
    expect(errors).toEqual([]);
    expect(await follower.run()).toBe(0);
  });
});
