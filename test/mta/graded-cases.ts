// What every mail server has to do that asks policyd: the cases of all servers, and what a graded answer adds.
import { expect, it } from 'vitest';
import { eventually } from '../conformance/edge-process.js';
import type { PolicydProcess } from '../integration/policyd-process.js';
import type { SmtpOutcome } from '../integration/smtp-delivery.js';
import { HELD_UP_MS, MAIL_CASES, SHAPED, TAGGED, type MailEdges } from './mail-cases.js';

export interface GradedServer {
  readonly edges: MailEdges;
  readonly policyd: PolicydProcess;
  readonly offer: (address: string) => Promise<SmtpOutcome>;
  /** The whole text of what was accepted last; undefined for a server that keeps none. */
  readonly lastMessage?: () => Promise<string>;
  /** The server itself defers when policyd takes a question and gives no answer. */
  readonly defersWhenHung?: boolean;
}

const ACCEPTED = { at: 'DATA', code: 250 };
/** The least that a shipped file lets its server wait for policyd: what takes less was policyd's own answer, within 200 ms of its edge. */
const ANSWERED_MS = 1_000;

/** @param server what `beforeAll` has started */
export function gradedCases(server: () => GradedServer): void {
  it.each(MAIL_CASES)('$title, by policyd', async ({ address, edge, isRefused }) => {
    const { edges, policyd, offer } = server();
    await edges.becomeFor(policyd, edge);
    let outcome = await offer(address);
    // On a busy machine the edge may take longer than 200 ms, and then mail flows as it should.
    if (isRefused)
      await eventually(async () => outcome.code === 550 || (outcome = await offer(address)).code === 550);
    expect(outcome, outcome.text).toMatchObject(isRefused ? { at: 'RCPT', code: 550 } : ACCEPTED);
    expect(outcome.rcptMs).toBeLessThan(ANSWERED_MS);
    if (!isRefused) return;
    // The id leads to the decision in policyd's log, the link to the public page.
    expect(outcome.text).toContain(`/?subject=${address}`);
    const id = /\bid ([0-9a-f]{12})\b/.exec(outcome.text)?.[1] ?? 'none';
    await policyd.logged(`"id":"${id}","action":"reject"`);
  });

  it('shapes: the second message of the hour is deferred', async () => {
    const { edges, policyd, offer } = server();
    await edges.becomeFor(policyd, 'serving');
    expect(await offer(SHAPED)).toMatchObject(ACCEPTED);
    const deferred = await offer(SHAPED);
    expect(deferred, deferred.text).toMatchObject({ at: 'RCPT' });
    expect([450, 451]).toContain(deferred.code);
    expect(deferred.text).toContain('Too many messages from your network');
  });

  it('tags what is listed weakly, and nothing else', async () => {
    const { edges, policyd, offer, lastMessage } = server();
    await edges.becomeFor(policyd, 'serving');
    expect(await offer(TAGGED)).toMatchObject(ACCEPTED);
    expect(await lastMessage?.()).toMatch(/^X-Sekisho: spam-source; ?score=\d+; ?id=[0-9a-f]{12}$/im);
    expect(await offer('192.0.2.77')).toMatchObject(ACCEPTED);
    expect(await lastMessage?.()).not.toMatch(/X-Sekisho/i);
  });

  it('lets mail flow while policyd hangs, and when it is killed', async () => {
    const { policyd, offer, defersWhenHung } = server();
    policyd.child.kill('SIGSTOP');
    try {
      const held = await offer('203.0.113.9');
      expect(held).toMatchObject(defersWhenHung === true ? { at: 'RCPT', code: 451 } : ACCEPTED);
      expect(held.ms).toBeLessThan(HELD_UP_MS);
    } finally {
      policyd.child.kill('SIGCONT');
    }
    policyd.child.kill('SIGKILL');
    expect(await offer('203.0.113.9')).toMatchObject(ACCEPTED);
  });
}
