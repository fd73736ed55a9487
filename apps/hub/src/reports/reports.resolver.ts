import { Args, ID, Int, Mutation, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { RequestRefused } from '../problems/errors.js';
import { ReceiptModel, RetractionModel } from './models/receipt.model.js';
import { ReportsService } from './reports.service.js';

const receiptIdSchema = z.uuid();

@Resolver()
export class ReportsResolver {
  constructor(private readonly reports: ReportsService) {}

  @Mutation(() => ReceiptModel, { description: 'The same as POST /reports: one envelope, a compact JWS' })
  @Allow('report:submit')
  async submitReports(@Args('envelope', { type: () => String }) envelope: string): Promise<ReceiptModel> {
    const { receiptId, accepted, rejected, log } = await this.reports.submit(envelope.trim());
    return { receiptId, accepted, rejected: [...rejected], log };
  }

  @Mutation(() => RetractionModel, { description: 'Takes back one report of one of your own receipts' })
  @Allow('report:retract')
  async retractReport(
    @CurrentMember() memberId: string,
    @Args('receiptId', { type: () => ID }) receiptId: string,
    @Args('index', { type: () => Int }) index: number,
  ): Promise<RetractionModel> {
    if (!receiptIdSchema.safeParse(receiptId).success) {
      throw new RequestRefused('request-malformed', 'receiptId must be the UUID of a receipt');
    }
    return { receiptId, index, subject: await this.reports.retract(memberId, receiptId, index) };
  }
}
