// Whatever members and the clock do, in whatever order: what may never happen.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorOf, draft, factsOf, MEMBERS, NOW } from './action.fixture.js';
import { commanded, type Action, type ActionCommand, type Transition } from './action.js';
import { nextDueAt, settled } from './clock.js';
import { ActionRefused } from './errors.js';
import { CURRENT_RULES } from './rule-set.js';
import { countedVotes, tallyOf } from './tally.js';
import { ACTION_KINDS, hasRehearsal, VOTES } from './vocabulary.js';

const HOUR = 3_600_000;
const member = fc.constantFrom(...MEMBERS, 'stranger');
/** Mostly possible, or hardly any story would come to its end; impossible ones too. */
const moments = {
  effectiveAt: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
    fc.integer({ min: -5, max: 80 }),
  ),
  expiresAt: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 24 }) },
    fc.integer({ min: -5, max: 900 }),
  ),
};
const weighted = fc.constantFrom<(typeof VOTES)[number]>('yes', 'yes', 'yes', 'no', 'abstain');
const command: fc.Arbitrary<(now: number) => ActionCommand> = fc.oneof(
  fc.constant(() => ({ type: 'propose' as const })),
  { weight: 8, arbitrary: weighted.map((vote) => () => ({ type: 'vote' as const, vote, reason: '' })) },
  {
    weight: 4,
    arbitrary: fc
      .record(moments)
      .map((at) => (now: number) => ({ type: 'schedule' as const, ...hours(at, now) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record(moments)
      .map((at) => (now: number) => ({ type: 'confirm' as const, ...hours(at, now), reason: 'r' })),
  },
  fc.constantFrom(
    () => ({ type: 'roll-back' as const, reason: 'r' }),
    () => ({ type: 'withdraw' as const, reason: 'r' }),
  ),
);
const hours = (at: { effectiveAt: number; expiresAt: number }, now: number) => ({
  effectiveAt: now + at.effectiveAt * HOUR,
  expiresAt: now + (at.effectiveAt + at.expiresAt) * HOUR,
});

const step = fc.record({
  waitMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 12 * HOUR })),
  memberId: member,
  isOfficer: fc.constantFrom(true, true, false),
  hasAcceptedConduct: fc.constantFrom(true, true, true, false),
  command,
});

const story = fc.record({
  kind: fc.constantFrom(...ACTION_KINDS),
  isEmergency: fc.boolean(),
  recused: fc.subarray([...MEMBERS], { maxLength: 2 }),
  delegations: fc.array(fc.tuple(member, member), { maxLength: 4 }),
  isRehearsed: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

interface Told {
  readonly action: Action;
  readonly transitions: readonly Transition[];
  readonly officers: readonly string[];
}

function tell({ kind, isEmergency, recused, delegations, isRehearsed, steps }: Story): Told {
  const facts = factsOf({ recused, delegations: new Map(delegations), isRehearsed });
  let action: Action = draft({ kind, isEmergency: isEmergency && hasRehearsal(kind) });
  const transitions: Transition[] = [];
  const officers: string[] = [];
  let now = NOW;
  const first = {
    ...actorOf('isp-a', { isOfficer: true }),
    waitMs: 0,
    command: () => ({ type: 'propose' as const }),
  };
  for (const one of [first, ...steps]) {
    now += one.waitMs;
    const before = settled(action, facts, now);
    transitions.push(...before.transitions);
    action = before.action;
    const actor = actorOf(one.memberId, one);
    try {
      const changed = commanded(action, one.command(now), { actor, facts, now });
      if (changed.transitions.some(({ transition }) => transition === 'confirmed'))
        officers.push(one.memberId);
      const after = settled(changed.action, facts, now);
      transitions.push(...changed.transitions, ...after.transitions);
      action = after.action;
    } catch (error) {
      if (!(error instanceof ActionRefused)) throw error;
    }
    // Twice is once, and what is due next lies ahead.
    expect(settled(action, facts, now).transitions).toEqual([]);
    const next = nextDueAt(action);
    if (next !== undefined) expect(next).toBeGreaterThan(now);
  }
  const end = settled(action, facts, now + 5 * 366 * 24 * HOUR);
  return { action: end.action, transitions: [...transitions, ...end.transitions], officers };
}

const RUNS = { numRuns: 600 };

describe('whatever happens', () => {
  it('nothing enters force without a vote or the officers of two members, and no emergency for more than a day', () => {
    let entered = 0;
    fc.assert(
      fc.property(story, (given) => {
        const { action, transitions, officers } = tell(given);
        const names = transitions.map(({ transition }) => transition);
        const at = names.indexOf('in-force');
        if (at < 0) return;
        entered++;
        const before = names.slice(0, at);
        if (!action.isEmergency) {
          expect(before).toContain('approved');
          return;
        }
        expect(before).toContain('confirmed');
        expect(officers[0]).not.toBe(action.proposedBy);
        expect((action.endedAt ?? Infinity) - (action.effectiveAt ?? 0)).toBeLessThanOrEqual(
          CURRENT_RULES.emergencyTermMs,
        );
        expect(names).toContain('review-decided');
        if (names.includes('reported')) {
          expect(names.indexOf('review-decided')).toBeLessThan(names.indexOf('reported'));
        }
      }),
      { ...RUNS, numRuns: 1_500 },
    );
    expect(entered, 'stories in which something entered force').toBeGreaterThan(10);
  });

  it('what entered force ends by itself, once, at the time that was set or earlier', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { action, transitions } = tell(given);
        const names = transitions.map(({ transition }) => transition);
        const ends = names.filter((name) => name === 'expired' || name === 'rolled-back');
        expect(ends.length).toBeLessThanOrEqual(1);
        if (!names.includes('in-force')) return;
        expect(ends).toHaveLength(1);
        expect(action.state).toBe('reported');
        expect(action.endedAt).toBeLessThanOrEqual(action.expiresAt ?? 0);
      }),
      { ...RUNS, numRuns: 1_000 },
    );
  });

  it('no member has two votes, and the record says who and when of every step', () => {
    fc.assert(
      fc.property(story, (given) => {
        const { action, transitions } = tell(given);
        expect(new Set(action.votes.map(({ memberId }) => memberId)).size).toBe(action.votes.length);
        for (const [i, { by, at }] of transitions.entries()) {
          expect([...MEMBERS, 'clock']).toContain(by);
          // In force, expired and rolled back are on record as of the moment that was set for all.
          expect(at).toBeGreaterThanOrEqual(i === 0 ? NOW : 0);
        }
        expect(transitions.at(-1)?.state ?? 'draft').toBe(action.state);
      }),
      RUNS,
    );
  });
});

const cast = fc.array(fc.record({ memberId: member, vote: fc.constantFrom(...VOTES) }), { maxLength: 12 });

describe('a tally', () => {
  const electorsOf = (recused: readonly string[]) => factsOf({ recused }).electors;
  const votesOf = (given: readonly { memberId: string; vote: 'yes' | 'no' | 'abstain' }[]) =>
    given.map((one) => ({ ...one, at: NOW, reason: '' }));

  it('never counts who is recused or no elector, by themselves or through a delegate, and nobody twice', () => {
    fc.assert(
      fc.property(
        ...([fc.subarray([...MEMBERS]), cast, fc.array(fc.tuple(member, member), { maxLength: 6 })] as const),
        (recused, given, delegations) => {
          const electors = electorsOf(recused);
          const map = new Map<string, string>(delegations);
          const counted = countedVotes(electors, votesOf(given), map, CURRENT_RULES);
          for (const [memberId, vote] of counted) {
            expect(recused).not.toContain(memberId);
            expect(memberId).not.toBe('stranger');
            const by = given.some((one) => one.memberId === memberId) ? memberId : map.get(memberId);
            expect(recused).not.toContain(by);
            expect(given.find((one) => one.memberId === by)?.vote).toBe(vote);
          }
          const tally = tallyOf(electors, votesOf(given), map, CURRENT_RULES);
          expect(tally.yes + tally.no + tally.abstain).toBe(counted.size);
          expect(counted.size).toBeLessThanOrEqual(tally.eligible);
          expect(tally.eligible + tally.recused).toBe(electors.length);
        },
      ),
      RUNS,
    );
  });

  it('lets a delegate carry no more votes than the rules say', () => {
    const delegations = new Map<string, string>(
      MEMBERS.slice(1).map((id): [string, string] => [id, 'isp-a']),
    );
    const counted = countedVotes(
      electorsOf([]),
      votesOf([{ memberId: 'isp-a', vote: 'yes' as const }]),
      delegations,
      CURRENT_RULES,
    );
    expect(counted.size).toBe(1 + CURRENT_RULES.mostDelegated);
  });
});
