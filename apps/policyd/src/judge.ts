import {
  accountOf,
  actionText,
  decide,
  decideByRules,
  decideJointly,
  decideLocally,
  limitOf,
  RecentNumbers,
  sendingNetwork,
  Shaper,
  submissionText,
  type Admission,
  type Client,
  type Decision,
  type MailEvent,
  type PolicyRequest,
  type Standing,
} from '@sekisho/policy';
import { parseIp, SubjectInvalid } from '@sekisho/subject';
import type { FrequentLog } from '@sekisho/telemetry';
import { DecisionIds } from './decision-ids.js';
import type { Figures } from './figures.js';
import type { JointActions } from './joint-actions.js';
import type { PolicySource } from './policy-source.js';
import type { StandingEdge } from './standing-edge.js';

const NO_OPINION = 'DUNNO';
/** Messages under way whose tag is remembered. */
const MAX_TAGGED = 100_000;
const MESSAGE_STATES = ['MAIL', 'RCPT', 'DATA', 'END-OF-MESSAGE'];

/** Answers requests. Fails open: whatever goes wrong, mail flows. */
export class Judge {
  private readonly shaper: Shaper;
  private readonly submissions: Shaper;
  private readonly ids = new DecisionIds();
  private readonly tagged: RecentNumbers;

  constructor(
    private readonly policies: PolicySource,
    private readonly edge: StandingEdge,
    private readonly figures: Figures,
    private readonly publicUrl: string,
    private readonly logger: FrequentLog,
    /** Of hashes, 0 to 2^32 - 1: by chance. */
    seed: number,
    private readonly joint?: JointActions,
  ) {
    this.shaper = new Shaper(seed);
    this.submissions = new Shaper(seed);
    this.tagged = new RecentNumbers(MAX_TAGGED, seed);
  }

  /** The value of `action=`; at once when nobody has to be asked. The promise never rejects. */
  answer(request: PolicyRequest): string | Promise<string> {
    // Own subscribers that logged in are nobody's senders from outside.
    if (request.saslUsername !== undefined) return this.submitted(request.saslUsername, request);
    const client = this.clientOf(request);
    if (!client) return this.passed('no-address');
    const { policy, needs } = this.policies.inForce;
    let local = decideLocally(policy, client);
    if (this.joint) {
      const now = Date.now();
      this.joint.note(request, client, { isKnownGood: local?.because === 'allow-list', now });
      local ??= decideJointly(policy, this.joint.overlay, client, now);
    }
    if (local) return this.told(local, client, request);
    const { state } = this.edge;
    const known: Standing | undefined =
      state.kind === 'bad'
        ? { kind: 'unknown', reason: state.reason }
        : this.edge.remembered(client.address, needs);
    if (known) return this.told(decideByRules(policy, known), client, request);
    const askedAtMs = performance.now();
    return this.edge.ask(client.address, needs, askedAtMs).then((standing) => {
      this.figures.took((performance.now() - askedAtMs) / 1000);
      // An edge that does not answer is asked for its test entries at once: the next need not wait.
      if (standing.kind === 'unknown') this.edge.recheck();
      // It may have failed its self-test while this was on its way.
      const { state: now } = this.edge;
      const believed = now.kind === 'bad' ? ({ kind: 'unknown', reason: now.reason } as const) : standing;
      // By the policy of now, and its lists.
      return this.told(decide(this.policies.inForce.policy, client, believed), client, request);
    });
  }

  /** A subscriber's own mail: how much, not where from. */
  private submitted(saslUsername: string, request: PolicyRequest): string {
    const { policy } = this.policies.inForce;
    const limit = limitOf(policy, saslUsername);
    if (!limit) return this.passed('authenticated');
    const { rate, action } = limit;
    const account = accountOf(saslUsername);
    const admission = this.submissions.admit(account, rate, eventOf(request), performance.now());
    this.figures.decided('submission', policy.isShadow, admission.kind === 'refused');
    if (admission.kind === 'admitted') return NO_OPINION;
    const id = this.ids.next();
    const { limit: exceeded } = admission;
    this.logger.info(
      { id, action, because: 'submission', limit: exceeded, shadow: policy.isShadow },
      'decided',
    );
    return submissionText(policy, admission, id);
  }

  private told(decision: Decision, client: Client, request: PolicyRequest): string {
    const { policy } = this.policies.inForce;
    if (decision.because === 'unknown') this.figures.failedOpen(decision.reason);
    if (decision.action === 'normal') return this.passed(decision.because);
    const { protocolState, instance } = request;
    const admission =
      (decision.because === 'rule' || decision.because === 'joint-action') && decision.rate
        ? this.shaper.admit(
            sendingNetwork(client.address, policy),
            decision.rate,
            eventOf(request),
            performance.now(),
          )
        : undefined;
    const isTagged = decision.action === 'tag' && instance !== undefined && this.wasTagged(instance);
    const id = this.ids.next();
    const address = client.address.text;
    const { publicUrl } = this;
    const text = actionText({ decision, admission, policy, protocolState, id, address, publicUrl, isTagged });
    this.note(decision, admission, id, text);
    return text;
  }

  /** Everything that a mail server is told to do is in the log by its id; never whom it is about. */
  private note(decision: Decision, admission: Admission | undefined, id: string, text: string): void {
    const { policy } = this.policies.inForce;
    this.figures.decided(decision.action, policy.isShadow, admission?.kind === 'refused');
    if (text === NO_OPINION) return;
    const rule =
      decision.because === 'rule'
        ? { rule: decision.rule, line: decision.line, ...decision.listing, confidence: decision.confidence }
        : decision.because === 'joint-action'
          ? { jointAction: decision.id }
          : {};
    const limit = admission?.kind === 'refused' ? { limit: admission.limit } : {};
    this.logger.info(
      { id, action: decision.action, because: decision.because, ...rule, ...limit, shadow: policy.isShadow },
      'decided',
    );
  }

  /** Whether a message was tagged before; from now on it is. */
  private wasTagged(instance: string): boolean {
    const was = this.tagged.get(instance) > 0;
    this.tagged.putAsked(1);
    return was;
  }

  private passed(because: string): string {
    this.figures.passed(because);
    return NO_OPINION;
  }

  private clientOf({ clientAddress, clientName }: PolicyRequest): Client | undefined {
    if (clientAddress === undefined) return undefined;
    try {
      return { address: parseIp(clientAddress), name: clientName };
    } catch (error) {
      if (error instanceof SubjectInvalid) return undefined;
      throw error;
    }
  }
}

function eventOf(request: PolicyRequest): MailEvent {
  const { clientAddress, clientPort, protocolState, instance, recipientCount } = request;
  const message = instance !== undefined && MESSAGE_STATES.includes(protocolState) ? instance : undefined;
  const isEnd = protocolState === 'DATA' || protocolState === 'END-OF-MESSAGE';
  return {
    connection: clientPort,
    client: clientAddress ?? '',
    message,
    // Where a server asks at the end of a message only, that is where its recipients are counted.
    recipients: protocolState === 'RCPT' ? 1 : isEnd ? recipientCount : 0,
  };
}
