import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { RecordChangeRepository } from '@sekisho/persistence';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { limited, readUuid } from './arguments.js';
import { CorrectionReceiptModel, TerminationModel } from './models/subscriber.model.js';
import { RecordsService } from './records.service.js';

const optional = { type: () => String, nullable: true };

@Resolver()
export class RecordsResolver {
  constructor(
    private readonly records: RecordsService,
    private readonly changes: RecordChangeRepository,
  ) {}

  @Query(() => [TerminationModel], { description: 'Your own records and what became of them, newest first' })
  @Allow('subscriber:terminate')
  async terminations(
    @CurrentMember() memberId: string,
    @Args('first', { type: () => Int, defaultValue: 100 }) first: number,
  ): Promise<TerminationModel[]> {
    const own = await this.changes.own(memberId, limited(first));
    return own.map(({ changes, ...one }) => ({
      ...one,
      changes: changes.map((change) => ({ ...change, changedAt: new Date(change.changedAt) })),
    }));
  }

  @Mutation(() => CorrectionReceiptModel, {
    description: 'Puts a new version of your own record in its place',
  })
  @Allow('subscriber:terminate')
  correctTermination(
    @CurrentMember() memberId: string,
    @Args('envelope', { type: () => String, description: 'A compact JWS' }) envelope: string,
  ): Promise<CorrectionReceiptModel> {
    return this.records.correct(memberId, envelope.trim());
  }

  @Mutation(() => ID, {
    description: 'Ends the contest of a record that another member reported: upheld, corrected or withdrawn',
  })
  @Allow('subscriber:decide')
  async decideTerminationAppeal(
    @CurrentMember() memberId: string,
    @Args('terminationId', { type: () => ID }) terminationId: string,
    @Args('decision', { type: () => String }) decision: string,
    @Args('appeal', { type: () => String, description: 'Your own number of the appeal; no name' })
    appeal: string,
    @Args('reason', { ...optional, description: 'Of a corrected record' }) reason?: string | null,
    @Args('expiresOn', { ...optional, description: 'YYYY-MM-DD, of a corrected record' })
    expiresOn?: string | null,
  ): Promise<string> {
    const ruling = { decision, appeal, reason: reason ?? undefined, expiresOn: expiresOn ?? undefined };
    await this.records.rule(memberId, readUuid('terminationId', terminationId), ruling);
    return terminationId;
  }
}
