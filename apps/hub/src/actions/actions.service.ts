import { Injectable } from '@nestjs/common';
import { DECIDABLE_CATEGORIES } from '@sekisho/reputation';
import {
  ActionRepository,
  ParticipationRepository,
  type Commander,
  type StoredAction,
} from '@sekisho/persistence';
import {
  ActionRefused,
  readProposal,
  type ActionCommand,
  type ActionState,
  type AfterActionReport,
  type Proposal,
} from '@sekisho/workgroup';
import { Platform } from '../platform/platform.js';
import { toActionModel, type ShownAction } from './actions.mapper.js';
import type { EditActionInput, ProposeActionInput } from './dto/propose-action.input.js';
import type { ActionModel, ActionRefusedModel } from './models/action.model.js';

@Injectable()
export class ActionsService {
  constructor(
    private readonly platform: Platform,
    private readonly actions: ActionRepository,
    private readonly participation: ParticipationRepository,
  ) {}

  /** With what is shown of each, in few questions. */
  async shown(actions: readonly StoredAction[]): Promise<ShownAction[]> {
    if (actions.length === 0) return [];
    const [details, delegations] = await Promise.all([
      this.participation.details(actions.map(({ id }) => id)),
      this.participation.delegations(),
    ]);
    return actions.map((action) => ({
      action,
      details: details.get(action.id) ?? { participants: [], history: [], comments: [] },
      delegations,
    }));
  }

  async list(
    viewer: string | undefined,
    page: {
      first: number;
      before: { proposedAt: Date; id: string } | undefined;
      state: ActionState | undefined;
    },
  ): Promise<ActionModel[]> {
    const shown = await this.shown(await this.actions.list(viewer, page));
    return shown.map((one) => toActionModel(one, viewer, this.platform.config.privacyK));
  }

  async find(viewer: string | undefined, id: string): Promise<ActionModel | undefined> {
    const stored = await this.actions.find(viewer, id);
    const [shown] = stored ? await this.shown([stored]) : [];
    return shown && toActionModel(shown, viewer, this.platform.config.privacyK);
  }

  /** @throws {ActionRefused} action-unknown; action-state while the last figures are waited for */
  async report(viewer: string | undefined, id: string): Promise<AfterActionReport> {
    const stored = await this.actions.find(viewer, id);
    if (!stored) throw new ActionRefused('action-unknown', `no action ${id} that you can see`);
    if (stored.report !== null) return stored.report as AfterActionReport;
    throw new ActionRefused('action-state', `the action is ${stored.state}: its report is not written yet`);
  }

  propose(commander: Commander, input: ProposeActionInput): Promise<ActionModel | ActionRefusedModel> {
    return this.answered(commander.memberId, async () => {
      const proposal = proposalOf(input);
      const how = { isDraft: input.isDraft ?? false, now: this.platform.now() };
      return (await this.actions.propose(proposal, commander, how)).id;
    });
  }

  edit(commander: Commander, id: string, input: EditActionInput): Promise<ActionModel | ActionRefusedModel> {
    return this.answered(commander.memberId, async () => {
      await this.actions.edit(id, proposalOf(input), commander, this.platform.now());
      return id;
    });
  }

  command(
    commander: Commander,
    id: string,
    command: ActionCommand,
  ): Promise<ActionModel | ActionRefusedModel> {
    return this.answered(commander.memberId, async () => {
      await this.actions.command(id, command, commander, this.platform.now());
      return id;
    });
  }

  /** The action after `work`, or why it was refused. */
  async answered(viewer: string, work: () => Promise<string>): Promise<ActionModel | ActionRefusedModel> {
    try {
      const found = await this.find(viewer, await work());
      if (!found) throw new ActionRefused('action-unknown', 'no such action');
      return found;
    } catch (error) {
      if (error instanceof ActionRefused) return { code: error.code, message: error.message };
      throw error;
    }
  }
}

/** @throws {ActionRefused} action-malformed */
const proposalOf = ({ kind, title, reason, ...input }: EditActionInput): Proposal =>
  readProposal(
    {
      ...{ kind, title, reason, subjects: input.subjects ?? [] },
      isEmergency: input.isEmergency ?? false,
      category: input.category ?? undefined,
      concerns: input.memberId ?? undefined,
      campaign: input.campaignId ?? undefined,
      parameters: {
        messagesPerHour: input.messagesPerHour ?? undefined,
        noticeTo: input.noticeTo ?? undefined,
        noticeText: input.noticeText ?? undefined,
      },
    },
    DECIDABLE_CATEGORIES,
  );
