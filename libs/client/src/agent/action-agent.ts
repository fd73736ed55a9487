// The member's own hand in the working group: hears of actions, keeps them, applies them at T0 by this machine's clock, and
// says so. Events are Security Event Tokens of the hub (RFC 8417), polled (RFC 8936); only what the hub signed is carried out.
import { readHubKeys } from '@sekisho/auth';
import { orderSchema } from '@sekisho/workgroup';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ActionNotTaken, reportAgentMutation } from '../action-query.js';
import { HubSession } from '../hub-session.js';
import { askHub } from '../hub-transport.js';
import type { EnrolledMember } from '../member-directory.js';
import { DEFAULT_RETRY } from '../retry.js';
import type { ClientRuntime } from '../runtime.js';
import { WorkingGroup } from '../working-group.js';
import { endOf, nextAt, stepOf } from './agent-step.js';
import { ClockGauge } from './clock-gauge.js';
import { OrderBook, type AgentRecord, type AgentReport } from './order-book.js';
import { replay, signResult } from './rehearsal.js';

const EVENT_TYPE = 'urn:sekisho:event:action';
/** After a question that failed. */
const AGAIN_MS = 1_000;
/** The hub waits for an agent that was heard within two minutes. */
const PRESENT_EVERY_MS = 30_000;
/** A veto that a person has written is seen after this time at the latest. */
const LOOK_EVERY_MS = 1_000;
/** A rehearsal looks back as far as there are lookups, at most this far. */
const REHEARSED_MS = 31 * 86_400_000;
/** A hook that hangs is ended. */
const HOOK_MS = 60_000;

const polledSchema = z.object({ sets: z.record(z.string(), z.string()), moreAvailable: z.boolean() });
const eventSchema = z.object({ events: z.record(z.string(), z.unknown()) });

export interface AgentOptions {
  /** A command of the shell, run at T0 and at the end with the order as JSON on its standard input. */
  readonly onApply?: string | undefined;
  readonly runtime: ClientRuntime;
  readonly log: (text: string) => void;
}

export class ActionAgent {
  private readonly clock: ClockGauge;
  private session: HubSession | undefined;
  /** Steps are done one after the other, whoever asks for them. */
  private acting: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isSending = false;

  private constructor(
    private readonly member: EnrolledMember,
    private readonly memberPath: string,
    private readonly book: OrderBook,
    private readonly options: AgentOptions,
  ) {
    this.clock = new ClockGauge(options.runtime);
  }

  /** @throws {MemberDirectoryFault} */
  static async open(member: EnrolledMember, memberPath: string, options: AgentOptions): Promise<ActionAgent> {
    const book = await OrderBook.open(memberPath, options.runtime.randomId);
    return new ActionAgent(member, memberPath, book, options);
  }

  /** Until the signal; a hub that cannot be reached is waited for, and what is due is done meanwhile. */
  async run(signal: AbortSignal): Promise<void> {
    const looking = setInterval(() => {
      void this.act();
    }, LOOK_EVERY_MS);
    void this.act();
    try {
      await Promise.all([this.listen(signal), this.beThere(signal)]);
    } finally {
      clearInterval(looking);
      clearTimeout(this.timer);
      await this.acting;
    }
  }

  private async hub(): Promise<HubSession> {
    const { runtime } = this.options;
    this.session ??= await HubSession.open(this.member, {
      runtime,
      retry: { ...DEFAULT_RETRY, attempts: 1 },
    });
    return this.session;
  }

  /** Polls for orders; each is on disk before it is acknowledged. */
  private async listen(signal: AbortSignal): Promise<void> {
    let ack: string[] = [];
    let isAway = false;
    // It changes while this waits, which the compiler does not see.
    const isOver = () => signal.aborted;
    while (!isOver()) {
      try {
        const session = await this.hub();
        const body = JSON.stringify({ ack, types: [EVENT_TYPE] });
        const accessToken = await session.accessToken();
        const url = new URL('/events', session.member.hubUrl).href;
        const request = { url, body, contentType: 'application/json', accessToken };
        const { sets } = await askHub(this.options.runtime, request, polledSchema);
        if (isAway) this.options.log('the hub is there again');
        isAway = false;
        ack = await this.receive(session, sets);
      } catch (error) {
        if (isOver()) return;
        if (!isAway) this.options.log(`the hub cannot be asked: ${textOf(error)}; it is tried again`);
        isAway = true;
        this.session = undefined;
        await wait(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** @returns what to acknowledge: all that was kept, and what nobody can use */
  private async receive(session: HubSession, sets: Readonly<Record<string, string>>): Promise<string[]> {
    const tokens = Object.entries(sets);
    if (tokens.length === 0) return [];
    const jwks = await askHub(this.options.runtime, { url: session.hub.endpoints.jwks }, z.unknown());
    const keys = createLocalJWKSet({ keys: [...readHubKeys(jwks)] as never });
    for (const [jti, token] of tokens) {
      try {
        const rules = { issuer: this.member.hub, audience: this.member.id, typ: 'secevent+jwt' };
        const { payload } = await jwtVerify(token, keys, rules);
        const { ownVeto, ...order } = orderSchema.parse(eventSchema.parse(payload).events[EVENT_TYPE]);
        this.book.take(order);
        if (ownVeto !== undefined) await this.book.takeVeto(order.action, ownVeto);
      } catch (error) {
        this.options.log(`event ${jti} is not one that this hub signed for us: ${textOf(error)}`);
      }
    }
    await this.book.keep(this.options.runtime.now());
    await this.act();
    return tokens.map(([jti]) => jti);
  }

  /** Says that it is there, with its clock, and sends what it could not send before. */
  private async beThere(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = PRESENT_EVERY_MS;
      try {
        const session = await this.hub();
        await this.clock.measure(session);
        await session.call(reportAgentMutation, { clockOffsetMs: this.clock.offsetMs });
        await this.send();
      } catch {
        // `listen` tells of a hub that is away.
        pauseMs = AGAIN_MS;
      }
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Does all that is due, then waits for the next moment. */
  private act(): Promise<void> {
    this.acting = this.acting
      .then(() => this.actOnce())
      .catch((error: unknown) => {
        this.options.log(`could not act: ${textOf(error)}; it is tried again`);
      });
    return this.acting;
  }

  private async actOnce(): Promise<void> {
    const { now } = this.options.runtime;
    await this.book.readVetoes();
    let hasChanged = false;
    for (const record of this.book.all()) {
      for (let current = record; ;) {
        const next = await this.step(current);
        if (!next) break;
        current = next;
        this.book.put(next);
        hasChanged = true;
      }
    }
    if (hasChanged) await this.book.keep(now());
    void this.send();
    const moments = this.book.all().flatMap((record) => nextAt(record) ?? []);
    clearTimeout(this.timer);
    if (moments.length === 0) return;
    const left = Math.max(0, Math.min(...moments) - now());
    // What is further away than a look is found by a look.
    if (left > LOOK_EVERY_MS) return;
    this.timer = setTimeout(() => {
      void this.act();
    }, left);
  }

  private async step(record: AgentRecord): Promise<AgentRecord | undefined> {
    const { order } = record;
    const veto = this.book.vetoOf(order.action);
    const now = this.options.runtime.now();
    const step = stepOf(record, veto !== undefined, now);
    const did = (state: AgentReport['state'], note = ''): AgentRecord => ({
      ...record,
      ...{ state, unsent: [...record.unsent, { state, at: now, note }] },
      ...(state === 'applied' && { appliedAt: now }),
      ...((state === 'removed' || state === 'vetoed') && { removedAt: now }),
    });
    switch (step) {
      case undefined:
        return undefined;
      case 'make-ready':
        return did('ready');
      case 'miss':
        return { ...record, state: 'missed' };
      case 'veto': {
        if (record.state === 'applied') await this.carryOut(record, 'remove');
        this.options.log(`action ${order.action}: vetoed`);
        return did('vetoed', veto ?? '');
      }
      case 'apply':
        return this.applied(record, did);
      case 'remove': {
        const isDone = await this.carryOut(record, 'remove');
        this.options.log(`action ${order.action}: taken back`);
        return did('removed', isDone ? '' : 'the command of the member failed');
      }
    }
  }

  private async applied(
    record: AgentRecord,
    did: (state: AgentReport['state'], note?: string) => AgentRecord,
  ): Promise<AgentRecord | undefined> {
    const { action, kind } = record.order;
    const isMail = kind === 'joint-listing' || kind === 'joint-throttle';
    // Nothing that a mail server could do, and no command: a person does it, and says so.
    if (!isMail && this.options.onApply === undefined) return undefined;
    const done = did('applied');
    // Mail servers have applied it by their own clock already; what else there is to do follows.
    if (await this.carryOut(record, 'apply')) {
      this.options.log(`action ${action}: applied`);
      return isMail ? done : { ...done, ...at(this.options.runtime.now()) };
    }
    return isMail ? did('applied', 'the command of the member failed') : undefined;

    function at(now: number) {
      const unsent = done.unsent.map((one) => (one.state === 'applied' ? { ...one, at: now } : one));
      return { appliedAt: now, unsent };
    }
  }

  /** Runs the member's command. @returns whether it succeeded, also when there is none */
  private async carryOut({ order }: AgentRecord, what: 'apply' | 'remove'): Promise<boolean> {
    const { onApply, log } = this.options;
    if (onApply === undefined) return true;
    const child = spawn(onApply, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      timeout: HOOK_MS,
      env: {
        ...process.env,
        ...{ SEKISHO_ACTION_EVENT: what, SEKISHO_ACTION_ID: order.action, SEKISHO_ACTION_KIND: order.kind },
      },
    });
    // A command that does not read its input is free not to.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(order)}\n`);
    const [code] = (await once(child, 'close').catch(() => [1])) as [number | null];
    if (code !== 0) log(`action ${order.action}: the command ended with status ${String(code)}`);
    return code === 0;
  }

  /** What the hub has not heard yet, in order; what it refuses is over. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      const group = new WorkingGroup(await this.hub());
      for (const { order } of this.book.all()) {
        await this.sendReports(group, order.action);
        await this.sendResults(group, order.action);
      }
    } catch {
      // The hub is away: it is told when it is back.
    } finally {
      this.isSending = false;
    }
  }

  private async sendReports(group: WorkingGroup, id: string): Promise<void> {
    for (;;) {
      const [first] = this.recordOf(id)?.unsent ?? [];
      if (!first) return;
      await unlessRefused(
        group.command('acknowledge', {
          ...{ id, state: first.state.toUpperCase(), at: new Date(first.at).toISOString() },
          ...{ clockOffsetMs: this.clock.offsetMs, reason: first.note },
        }),
      );
      const record = this.recordOf(id);
      if (!record) return;
      this.book.put({ ...record, unsent: record.unsent.slice(1) });
      await this.book.keep(this.options.runtime.now());
    }
  }

  private async sendResults(group: WorkingGroup, id: string): Promise<void> {
    const record = this.recordOf(id);
    if (!record || !['joint-listing', 'joint-throttle'].includes(record.order.kind)) return;
    const now = this.options.runtime.now();
    if (!record.isRehearsed && record.state === 'waiting') {
      const { days, counts } = await replay(this.memberPath, record.order, {
        from: now - REHEARSED_MS,
        to: now,
      });
      await this.sendResult(group, { action: id, phase: 'rehearsal', days, counts });
      this.mark(id, { isRehearsed: true });
    }
    const { appliedAt, removedAt } = record;
    if (!record.isCounted && appliedAt !== null && removedAt !== null && removedAt <= now) {
      const from = record.order.effectiveAt ?? appliedAt;
      const to = Math.min(removedAt, endOf(record));
      const during = await replay(this.memberPath, record.order, { from, to });
      const before = await replay(this.memberPath, record.order, { from: from - (to - from), to: from });
      const result = { action: id, phase: 'actual', ...during, before: before.counts } as const;
      await this.sendResult(group, result);
      this.mark(id, { isCounted: true });
    }
  }

  private async sendResult(group: WorkingGroup, claims: Parameters<typeof signResult>[1]): Promise<void> {
    const { runtime } = this.options;
    const signed = await signResult(this.member, claims, { now: runtime.now(), jti: runtime.randomId() });
    await unlessRefused(group.command('result', { result: signed }));
  }

  private mark(id: string, change: Partial<AgentRecord>): void {
    const record = this.recordOf(id);
    if (record) this.book.put({ ...record, ...change });
  }

  private recordOf(id: string): AgentRecord | undefined {
    return this.book.all().find(({ order }) => order.action === id);
  }
}

async function unlessRefused(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ActionNotTaken)) throw error;
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
