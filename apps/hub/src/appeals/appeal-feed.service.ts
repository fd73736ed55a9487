import { Injectable } from '@nestjs/common';
import { AppealRepository, type StoredAppeal } from '@sekisho/persistence';
import type { Welcome } from '../access/request.js';
import { Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import { AppealView } from './appeal-view.service.js';
import type { AppealModel } from './appeal.model.js';

/** Changed appeals, to each reviewer as its member sees them: whether it is concerned is its own matter. */
@Injectable()
export class AppealFeed extends Feed<StoredAppeal> {
  constructor(
    platform: Platform,
    private readonly appeals: AppealRepository,
    private readonly view: AppealView,
  ) {
    super(platform, 'sekisho_appeals');
  }

  subscribe(memberId: string | undefined, isWelcome: Welcome): AsyncIterableIterator<AppealModel> {
    return this.listen(isWelcome, (appeal) => this.view.shown(appeal, memberId));
  }

  /** @param payload id of the appeal */
  protected async follow(payload: string | undefined): Promise<void> {
    if (payload === undefined) {
      this.endAll();
      return;
    }
    if (!this.hasListeners()) return;
    const appeal = await this.appeals.byId(payload);
    // What nobody stands behind is no reviewer's business.
    if (appeal?.confirmedAt) this.tell(appeal);
  }
}
