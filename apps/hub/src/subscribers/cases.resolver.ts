import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CaseRepository } from '@sekisho/persistence';
import { readCaseKey, requireSealedMessage } from '@sekisho/subscriber';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { Platform } from '../platform/platform.js';
import { limited, readUuid } from './arguments.js';
import { CaseMessageModel, SubscriberCaseModel } from './models/case.model.js';

const idArg = { type: () => ID };

/** The two members of a case: neither is named to the other, and what they write is closed to the hub. */
@Resolver()
export class CasesResolver {
  constructor(
    private readonly cases: CaseRepository,
    private readonly platform: Platform,
  ) {}

  @Query(() => [SubscriberCaseModel], { description: 'Your cases on either side, newest first' })
  @Allow('subscriber:case')
  async subscriberCases(
    @CurrentMember() memberId: string,
    @Args('first', { type: () => Int, defaultValue: 100 }) first: number,
  ): Promise<SubscriberCaseModel[]> {
    const cases = await this.cases.list(memberId, limited(first));
    return cases.map((one) => ({ ...one, types: [...one.types] }));
  }

  @Query(() => [CaseMessageModel], { description: 'The messages of a case of yours, oldest first' })
  @Allow('subscriber:case')
  caseMessages(
    @CurrentMember() memberId: string,
    @Args('caseId', idArg) caseId: string,
  ): Promise<CaseMessageModel[]> {
    return this.cases.messages(memberId, readUuid('caseId', caseId));
  }

  @Mutation(() => ID, { description: "Publishes your side's key of a case to the other side, once" })
  @Allow('subscriber:case')
  async setCaseKey(
    @CurrentMember() memberId: string,
    @Args('caseId', idArg) caseId: string,
    @Args('key', { type: () => String, description: 'JSON: an X25519 key and its authentication codes' })
    key: string,
  ): Promise<string> {
    await this.cases.setKey(memberId, readUuid('caseId', caseId), JSON.stringify(readCaseKey(key)));
    return caseId;
  }

  @Mutation(() => ID, {
    description: 'Relays a message to the other side; the same id again is the same message',
  })
  @Allow('subscriber:case')
  async sendCaseMessage(
    @CurrentMember() memberId: string,
    @Args('caseId', idArg) caseId: string,
    @Args('messageId', idArg) messageId: string,
    @Args('sealed', { type: () => String, description: 'A compact JWE' }) sealed: string,
  ): Promise<string> {
    const message = { caseId: readUuid('caseId', caseId), id: readUuid('messageId', messageId) };
    const relayed = { ...message, sealed: requireSealedMessage(sealed) };
    await this.cases.send(memberId, relayed, this.platform.now());
    return messageId;
  }
}
