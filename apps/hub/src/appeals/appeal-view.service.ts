import { Injectable } from '@nestjs/common';
import { AppealRepository, ReputationRepository, type StoredAppeal } from '@sekisho/persistence';
import { formatSubject } from '@sekisho/subject';
import { Platform } from '../platform/platform.js';
import { bucketed } from '../privacy/minimisation.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import { toReputationModel } from '../reputations/reputations.mapper.js';
import type { AppealModel } from './appeal.model.js';

/** An appeal as reviewers see it; reporters stop here. */
@Injectable()
export class AppealView {
  constructor(
    private readonly platform: Platform,
    private readonly appeals: AppealRepository,
    private readonly reputations: ReputationRepository,
    private readonly owners: OwnerView,
  ) {}

  /** @param memberId of who looks; undefined: the operator */
  async shown(appeal: StoredAppeal, memberId: string | undefined): Promise<AppealModel> {
    const { id, subject, state, category, words, dueAt, decidedAt } = appeal;
    const text = formatSubject(subject);
    const stored = (await this.reputations.find([subject])).get(text);
    const now = this.platform.now();
    return {
      ...{ id, subject: text, state, reasonClass: category, text: words ?? '', version: appeal.version },
      ...{ filedAt: bucketed(appeal.filedAt), dueAt: dueAt ? bucketed(dueAt) : null },
      isOverdue: state === 'open' && dueAt !== undefined && dueAt <= now,
      isConcerned: memberId !== undefined && (await this.appeals.isConcerned(memberId, appeal)),
      evidence: stored ? toReputationModel(stored, this.owners.anyone).explanation : [],
      ...{ outcome: appeal.outcome ?? null, reason: appeal.reason ?? null },
      decidedAt: decidedAt ? bucketed(decidedAt) : null,
      effectMs: appeal.effectMs === undefined ? null : Math.round(appeal.effectMs),
      effectEdges: appeal.effectEdges,
    };
  }
}
