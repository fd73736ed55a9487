import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { ReportNotFound, SentReportsRepository } from '@sekisho/persistence';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { readPage } from '../graphql/connection.args.js';
import { pageOf } from '../graphql/connection.js';
import { RequestRefused } from '../problems/errors.js';
import { SentEnvelopeArgs, SentEnvelopeConnection, SentReportModel } from './models/sent-envelope.model.js';

const cursorSchema = z.tuple([z.iso.datetime().pipe(z.coerce.date()), z.uuid()]);

/** A member's own reports, told to nobody else. */
@Resolver()
export class SentReportsResolver {
  constructor(private readonly repository: SentReportsRepository) {}

  @Query(() => SentEnvelopeConnection, { description: 'The envelopes that you sent, newest first' })
  @Allow('report:read-own')
  async receipts(
    @CurrentMember() memberId: string,
    @Args() args: SentEnvelopeArgs,
  ): Promise<SentEnvelopeConnection> {
    const { first, after } = readPage(args);
    const before = after === undefined ? undefined : readCursor(after);
    const rows = await this.repository.list(memberId, { first, before, isRefusedOnly: args.refusedOnly });
    const models = rows.map((row) => ({ ...row, rejected: [...row.rejected] }));
    return pageOf(models, first, ({ receiptId, receivedAt }) => `${receivedAt.toISOString()} ${receiptId}`);
  }

  @Query(() => [SentReportModel], { description: 'The accepted reports of one of your own receipts' })
  @Allow('report:read-own')
  async sentReports(
    @CurrentMember() memberId: string,
    @Args('receiptId', { type: () => ID }) receiptId: string,
  ): Promise<SentReportModel[]> {
    if (!z.uuid().safeParse(receiptId).success) {
      throw new RequestRefused('request-malformed', 'receiptId must be the UUID of a receipt');
    }
    const reports = await this.repository.reports(memberId, receiptId);
    if (!reports) throw new ReportNotFound(0);
    return reports;
  }
}

/** @throws {RequestRefused} request-malformed */
function readCursor(text: string): { receivedAt: Date; receiptId: string } {
  const parsed = cursorSchema.safeParse(text.split(' '));
  if (!parsed.success) throw new RequestRefused('request-malformed', 'after is not the endCursor of a page');
  const [receivedAt, receiptId] = parsed.data;
  return { receivedAt, receiptId };
}
