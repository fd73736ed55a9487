import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { asSection, toStatedCostsModel } from './costs.mapper.js';
import { StatedCostsInput, StatedCostsModel } from './costs.model.js';
import { MemberCosts } from './member-costs.service.js';

@Resolver(() => StatedCostsModel)
export class CostsResolver {
  constructor(private readonly costs: MemberCosts) {}

  @Query(() => StatedCostsModel, {
    nullable: true,
    description: 'What outcomes cost you; null: you have not said',
  })
  @Allow('costs:state')
  async statedCosts(@CurrentMember() memberId: string): Promise<StatedCostsModel | null> {
    const costs = await this.costs.find(memberId);
    return costs ? toStatedCostsModel(costs) : null;
  }

  @Mutation(() => StatedCostsModel, {
    description:
      'Says what outcomes cost you, for what you are recommended; it replaces what you said before',
  })
  @Allow('costs:state')
  async stateCosts(
    @CurrentMember() memberId: string,
    @Args('costs', { type: () => StatedCostsInput }) costs: StatedCostsInput,
  ): Promise<StatedCostsModel> {
    return toStatedCostsModel(await this.costs.state(memberId, asSection(costs)));
  }

  @Mutation(() => Boolean, { description: 'You are recommended what everybody is' })
  @Allow('costs:state')
  async clearCosts(@CurrentMember() memberId: string): Promise<boolean> {
    await this.costs.clear(memberId);
    return true;
  }
}
