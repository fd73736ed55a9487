import { describe, expect, it } from 'vitest';
import { actorOf, approved, draft, factsOf, given, inReview, MEMBERS, NOW, vote } from './action.fixture.js';
import { commanded, edited } from './action.js';
import { settled } from './clock.js';
import { CURRENT_RULES } from './rule-set.js';

const HOUR = 3_600_000;
const refused = (code: string) => expect.objectContaining({ code }) as Error;
const officer = (memberId: string) => actorOf(memberId, { isOfficer: true });
const T0 = NOW + HOUR;
const END = T0 + 2 * HOUR;
const schedule = { type: 'schedule', effectiveAt: T0, expiresAt: END } as const;
const later = (action: ReturnType<typeof draft>, now: number, facts = factsOf()) =>
  settled(action, facts, now);

describe('a draft', () => {
  const content = {
    ...({ kind: 'joint-throttle', isEmergency: true, concerns: undefined } as const),
    subjects: ['203.0.113.0/24'],
  };
  const edit = (action = draft(), fields = ['kind', 'isEmergency'], memberId = 'isp-a', change = {}) =>
    edited(action, { ...content, ...change }, { fields, actor: { memberId }, now: NOW });

  it('is edited by its member, and the record says which fields', () => {
    const { action, transitions } = edit();
    expect(action).toEqual({ ...draft(), ...content });
    expect(transitions).toEqual([
      { transition: 'edited', state: 'draft', at: NOW, by: 'isp-a', reason: 'kind, isEmergency' },
    ]);
    expect(edit(draft(), []).transitions).toEqual([]);
  });

  it('is not edited by others, nor once it was proposed, nor into what it cannot be', () => {
    expect(() => edit(draft(), ['title'], 'isp-b')).toThrow(refused('not-entitled'));
    expect(() => edit(inReview())).toThrow(refused('action-state'));
    expect(() => edit(draft(), ['kind'], 'isp-a', { kind: 'port25-date' })).toThrow(
      refused('action-malformed'),
    );
  });
});

describe('an action', () => {
  it('goes from proposal to report, and each step says who, when and why', () => {
    const proposed = given(draft(), { type: 'propose' }, actorOf('isp-a'), {
      facts: factsOf({ isRehearsed: false }),
    });
    expect(proposed.action.state).toBe('rehearsal');
    expect(proposed.transitions.map(({ transition, by }) => [transition, by])).toEqual([
      ['proposed', 'isp-a'],
      ['rehearsal-begun', 'clock'],
    ]);
    const review = later(proposed.action, NOW + CURRENT_RULES.rehearsalMs).action;
    expect(review.state).toBe('review');
    const decided = MEMBERS.slice(0, 4).reduce((action, id) => vote(action, id, 'yes'), inReview());
    expect(decided.state).toBe('review');
    const done = vote(decided, 'isp-e', 'no');
    expect(done).toMatchObject({ state: 'approved', isApproved: true });
    const scheduled = given(done, schedule, actorOf('isp-a')).action;
    const end = later(scheduled, END + 1);
    expect(end.transitions).toMatchObject([
      { transition: 'in-force', at: T0 },
      { transition: 'expired', at: END },
      { transition: 'reported', at: END + 1 },
    ]);
  });

  it('that nobody decides in time is rejected for want of a quorum', () => {
    const one = vote(inReview(), 'isp-a', 'yes');
    const over = later(one, NOW + CURRENT_RULES.votingMs);
    expect(over.action.state).toBe('rejected');
    expect(over.transitions[0]?.reason).toContain('quorum not reached: 1 of 3');
  });

  it('needs more yes than no, and two members behind it', () => {
    const tie = [...MEMBERS.slice(0, 2), ...MEMBERS.slice(2, 4)].reduce(
      (action, id, i) => vote(action, id, i < 2 ? 'yes' : 'no'),
      inReview(),
    );
    expect(later(tie, NOW + CURRENT_RULES.votingMs).action.state).toBe('rejected');
    const single = MEMBERS.reduce(
      (action, id) => vote(action, id, id === 'isp-a' ? 'yes' : 'abstain'),
      inReview(),
    );
    expect(single.state).toBe('rejected');
  });

  it('takes two thirds to suspend a member, who is heard and does not vote', () => {
    const facts = factsOf({ recused: ['isp-e'] });
    const proposal = { kind: 'member-suspension', subjects: [], concerns: 'isp-e' } as const;
    const all = (words: readonly ('yes' | 'no')[]) =>
      words.reduce(
        (action, word, i) => vote(action, MEMBERS[i] ?? '', word, facts),
        inReview(facts, proposal),
      );
    expect(all(['yes', 'yes', 'no', 'no']).state).toBe('rejected');
    expect(all(['yes', 'yes', 'yes', 'no']).state).toBe('approved');
    expect(() => vote(inReview(facts, proposal), 'isp-e', 'no', facts)).toThrow(refused('recused'));
  });

  it('takes one vote of a member: the same again changes nothing, another is refused', () => {
    const once = vote(inReview(), 'isp-b', 'yes');
    expect(vote(once, 'isp-b', 'yes')).toEqual(once);
    expect(() => vote(once, 'isp-b', 'no')).toThrow(refused('vote-cast'));
  });

  it('takes no vote without the code of conduct, of strangers, or after its time', () => {
    const ask = { type: 'vote', vote: 'yes', reason: '' } as const;
    expect(() => given(inReview(), ask, actorOf('isp-b', { hasAcceptedConduct: false }))).toThrow(
      refused('conduct-not-accepted'),
    );
    expect(() => given(inReview(), ask, actorOf('isp-new'))).toThrow(refused('not-an-elector'));
    expect(() => vote(inReview(), 'isp-b', 'yes', factsOf(), NOW + CURRENT_RULES.votingMs)).toThrow(
      refused('vote-over'),
    );
    expect(() => vote(draft(), 'isp-b', 'yes')).toThrow(refused('vote-over'));
  });

  it('is scheduled by its proposer or an officer, once, with time for agents and within its term', () => {
    const action = approved();
    const at = (effectiveAt: number, expiresAt: number) => ({ ...schedule, effectiveAt, expiresAt });
    expect(() => given(action, schedule, actorOf('isp-b'))).toThrow(refused('not-entitled'));
    expect(() => given(action, at(NOW + 1_000, END), actorOf('isp-a'))).toThrow(refused('schedule-refused'));
    expect(() => given(action, at(T0, T0), actorOf('isp-a'))).toThrow(refused('schedule-refused'));
    expect(() => given(action, at(T0, T0 + 31 * 24 * HOUR), actorOf('isp-a'))).toThrow(
      refused('schedule-refused'),
    );
    const scheduled = given(action, schedule, officer('isp-b')).action;
    expect(given(scheduled, schedule, actorOf('isp-a')).action).toBe(scheduled);
    expect(() => given(scheduled, at(T0 + 1, END), actorOf('isp-a'))).toThrow(refused('action-state'));
    expect(() => given(inReview(), schedule, actorOf('isp-a'))).toThrow(refused('action-state'));
  });

  it('that nobody schedules loses its mandate', () => {
    const over = later(approved(), NOW + CURRENT_RULES.mandateMs);
    expect(over.action).toMatchObject({ state: 'expired' });
    expect(later(over.action, NOW + 365 * 24 * HOUR).transitions).toEqual([]);
  });

  it('is rolled back at one moment that agents hear of before', () => {
    const force = later(given(approved(), schedule, actorOf('isp-a')).action, T0).action;
    expect(() =>
      commanded(
        force,
        { type: 'roll-back', reason: 'x' },
        { actor: actorOf('isp-b'), facts: factsOf(), now: T0 },
      ),
    ).toThrow(refused('not-entitled'));
    const ordered = given(force, { type: 'roll-back', reason: 'a good sender is hit' }, officer('isp-b'), {
      now: T0 + 5,
    });
    expect(ordered.action).toMatchObject({
      state: 'in-force',
      rollBackAt: T0 + 5 + CURRENT_RULES.rollBackLeadMs,
    });
    const moment = ordered.action.rollBackAt ?? 0;
    expect(later(ordered.action, moment - 1).transitions).toEqual([]);
    expect(later(ordered.action, moment).transitions[0]).toMatchObject({
      transition: 'rolled-back',
      at: moment,
    });
  });

  it('that is rolled back before T0 never enters force', () => {
    const scheduled = given(approved(), schedule, actorOf('isp-a')).action;
    const ordered = given(scheduled, { type: 'roll-back', reason: 'no' }, actorOf('isp-a')).action;
    const states = later(ordered, END).transitions.map(({ state }) => state);
    expect(states).toEqual(['rolled-back']);
  });
});

describe('an emergency', () => {
  const emergency = () => given(draft({ isEmergency: true }), { type: 'propose' }, officer('isp-a')).action;
  const confirm = (end: number) =>
    ({
      type: 'confirm',
      effectiveAt: NOW + 10_000,
      expiresAt: NOW + 10_000 + end,
      reason: 'a flood',
    }) as const;

  it('is put in force by officers of two members, for a day at most', () => {
    expect(() => given(draft({ isEmergency: true }), { type: 'propose' }, actorOf('isp-a'))).toThrow(
      refused('not-entitled'),
    );
    expect(emergency().state).toBe('proposed');
    expect(() => given(emergency(), confirm(HOUR), officer('isp-a'))).toThrow(refused('not-entitled'));
    expect(() => given(emergency(), confirm(HOUR), actorOf('isp-b'))).toThrow(refused('not-entitled'));
    expect(() => given(emergency(), confirm(25 * HOUR), officer('isp-b'))).toThrow(
      refused('schedule-refused'),
    );
    expect(() =>
      given(emergency(), confirm(HOUR), officer('isp-b'), { facts: factsOf({ recused: ['isp-b'] }) }),
    ).toThrow(refused('recused'));
    expect(given(emergency(), confirm(24 * HOUR), officer('isp-b')).action.state).toBe('scheduled');
  });

  it('is always voted on: it is reported only when that is decided', () => {
    const force = later(given(emergency(), confirm(HOUR), officer('isp-b')).action, NOW + 10_000).action;
    const ended = later(force, NOW + 2 * HOUR).action;
    expect(ended.state).toBe('expired');
    const decided = later(ended, (force.votingEndsAt ?? 0) + 1);
    expect(decided.transitions.map(({ transition }) => transition)).toEqual(['review-decided', 'reported']);
    expect(decided.action.isApproved).toBe(false);
  });

  it('that the vote disapproves of is taken back at one moment', () => {
    const force = later(given(emergency(), confirm(HOUR), officer('isp-b')).action, NOW + 10_000).action;
    const voted = MEMBERS.reduce((action, id) => vote(action, id, 'no', factsOf(), NOW + 20_000), force);
    expect(voted.rollBackAt).toBe(NOW + 20_000 + CURRENT_RULES.rollBackLeadMs);
  });
});
