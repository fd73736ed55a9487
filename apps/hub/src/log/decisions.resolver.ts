import { Args, Query, Resolver } from '@nestjs/graphql';
import { DecisionLog } from '@sekisho/persistence';
import { formatSubject, type Subject } from '@sekisho/subject';
import type { DecisionKind } from '@sekisho/tlog';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { SubjectText } from '../graphql/subject.scalar.js';
import { LoggedDecisionModel } from './decision.model.js';

/** More than a listing sees in its 60 days unless it flaps; what is older is left out. */
const MAX_DECISIONS = 200;

@Resolver(() => LoggedDecisionModel)
export class DecisionsResolver {
  constructor(private readonly decisions: DecisionLog) {}

  @Query(() => [LoggedDecisionModel], {
    description: `When a subject was listed, changed or delisted: the last ${MAX_DECISIONS} of 60 days, oldest first`,
  })
  @Allow('listing:read')
  listingDecisions(
    @Args('subject', { type: () => SubjectText }) subject: Subject,
  ): Promise<LoggedDecisionModel[]> {
    return this.read('listing', formatSubject(subject));
  }

  @Query(() => [LoggedDecisionModel], {
    description: "Every change of the member's own keys and standing, oldest first",
  })
  @Allow('member:read-own')
  keyDecisions(@CurrentMember() memberId: string): Promise<LoggedDecisionModel[]> {
    return this.read('key', memberId);
  }

  private async read(kind: DecisionKind, about: string): Promise<LoggedDecisionModel[]> {
    const found = await this.decisions.about(kind, about, MAX_DECISIONS);
    return found.map(({ index, salt, statement }) => ({
      index,
      salt: salt.toString('base64url'),
      statement,
    }));
  }
}
