import { Injectable } from '@nestjs/common';
import { CATEGORIES_OF } from '@sekisho/report';
import {
  ActionRepository,
  ParticipationRepository,
  type Commander,
  type StoredAction,
} from '@sekisho/persistence';
import { ActionRefused, readProposal, type ActionCommand, type ActionState } from '@sekisho/workgroup';
import { Platform } from '../platform/platform.js';
import { toActionModel, type ShownAction } from './actions.mapper.js';
import type { ProposeActionInput } from './dto/propose-action.input.js';
import type { ActionModel, ActionRefusedModel } from './models/action.model.js';

/** Those that a listing can have: `ham` and declarations of owners are none. */
const CATEGORIES = [...new Set(Object.values(CATEGORIES_OF).flat())].filter(
  (category) => category !== 'ham' && category !== 'dynamic-range' && category !== 'hit-and-run',
);

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
    return shown.map((one) => toActionModel(one, viewer));
  }

  async find(viewer: string | undefined, id: string): Promise<ActionModel | undefined> {
    const stored = await this.actions.find(viewer, id);
    const [shown] = stored ? await this.shown([stored]) : [];
    return shown && toActionModel(shown, viewer);
  }

  propose(commander: Commander, input: ProposeActionInput): Promise<ActionModel | ActionRefusedModel> {
    return this.answered(commander.memberId, async () => {
      const { kind, title, reason } = input;
      const proposal = readProposal(
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
        CATEGORIES,
      );
      const how = { isDraft: input.isDraft ?? false, now: this.platform.now() };
      return (await this.actions.propose(proposal, commander, how)).id;
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
