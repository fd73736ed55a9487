import {
  acceptConductMutation,
  ACTION_COMMANDS,
  ActionNotTaken,
  actionQuery,
  actionsQuery,
  conductQuery,
  delegateMutation,
  type ActionCommandName,
  type CodeOfConduct,
  type JointAction,
} from './action-query.js';
import type { HubSession } from './hub-session.js';

/** A member's part in the working group. Every call may be repeated: the same command again changes nothing. */
export class WorkingGroup {
  constructor(private readonly session: HubSession) {}

  /** Newest first, at most 100. */
  async list(page: { first: number; state?: string | undefined }): Promise<JointAction[]> {
    const { actions } = await this.session.call(actionsQuery, { ...page });
    return actions.edges.map(({ node }) => node);
  }

  async find(id: string): Promise<JointAction | undefined> {
    return (await this.session.call(actionQuery, { id })).action ?? undefined;
  }

  /** @throws {ActionNotTaken} with the code of the refusal */
  async command(name: ActionCommandName, variables: Record<string, unknown>): Promise<JointAction> {
    const { result } = await this.session.call(ACTION_COMMANDS[name], variables);
    if (result instanceof ActionNotTaken) throw result;
    return result;
  }

  async conduct(): Promise<CodeOfConduct> {
    return (await this.session.call(conductQuery, {})).codeOfConduct;
  }

  async acceptConduct(version: string): Promise<CodeOfConduct> {
    return (await this.session.call(acceptConductMutation, { version })).acceptConduct;
  }

  /** @returns who votes for this member now */
  async delegate(memberId: string | undefined): Promise<string | undefined> {
    const variables = { memberId: memberId ?? null };
    return (await this.session.call(delegateMutation, variables)).delegateVote ?? undefined;
  }
}
