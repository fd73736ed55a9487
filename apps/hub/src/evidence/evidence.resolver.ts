import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { SealedEvidenceRepository } from '@sekisho/persistence';
import type { Subject } from '@sekisho/subject';
import { z } from 'zod';
import { Allow } from '../access/allow.decorator.js';
import { CurrentMember } from '../access/request.js';
import { pageOf } from '../graphql/connection.js';
import { readPage } from '../graphql/connection.args.js';
import { SubjectText } from '../graphql/subject.scalar.js';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';
import {
  EvidenceArgs,
  MAX_EVIDENCE_PAGE,
  OwnerKeyModel,
  SealedEvidenceConnection,
} from './evidence.model.js';
import { EvidenceService } from './evidence.service.js';

const MAX_IDS = 1_000;
const idsSchema = z.array(z.uuid()).max(MAX_IDS);
const cursorSchema = z.tuple([z.iso.datetime().pipe(z.coerce.date()), z.uuid()]);

@Resolver()
export class EvidenceResolver {
  constructor(
    private readonly platform: Platform,
    private readonly evidence: EvidenceService,
    private readonly repository: SealedEvidenceRepository,
  ) {}

  @Query(() => OwnerKeyModel, {
    nullable: true,
    description:
      'The key to seal evidence about an address or network to; null when no active member owns all of it',
  })
  @Allow('evidence:seal')
  ownerKey(@Args('subject', { type: () => SubjectText }) subject: Subject): OwnerKeyModel | null {
    return this.evidence.keyFor(subject) ?? null;
  }

  @Query(() => SealedEvidenceConnection, {
    description:
      'Evidence about your own addresses that you have not acknowledged, oldest first; kept for 14 days',
  })
  @Allow('evidence:read-own')
  async sealedEvidence(
    @CurrentMember() memberId: string,
    @Args() args: EvidenceArgs,
  ): Promise<SealedEvidenceConnection> {
    const { first, after } = readPage(args, MAX_EVIDENCE_PAGE);
    const rows = await this.repository.waiting(memberId, {
      first,
      after: after === undefined ? undefined : readCursor(after),
      now: this.platform.now(),
    });
    return pageOf([...rows], first, ({ id, receivedAt }) => `${receivedAt.toISOString()} ${id}`);
  }

  @Mutation(() => Int, {
    description:
      'Deletes evidence that you have; answers how many still wait. Repeating it, and ids that are not yours, change nothing',
  })
  @Allow('evidence:read-own')
  async acknowledgeEvidence(
    @CurrentMember() memberId: string,
    @Args('ids', { type: () => [ID] }) ids: string[],
  ): Promise<number> {
    if (!idsSchema.safeParse(ids).success) {
      throw new RequestRefused(
        'request-malformed',
        `ids must be at most ${MAX_IDS} UUIDs of sealed evidence`,
      );
    }
    return this.repository.acknowledge(memberId, ids, this.platform.now());
  }
}

/** @throws {RequestRefused} request-malformed */
function readCursor(text: string): { receivedAt: Date; id: string } {
  const parsed = cursorSchema.safeParse(text.split(' '));
  if (!parsed.success) throw new RequestRefused('request-malformed', 'after is not the endCursor of a page');
  const [receivedAt, id] = parsed.data;
  return { receivedAt, id };
}
