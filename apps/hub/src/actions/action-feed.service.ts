import { Injectable } from '@nestjs/common';
import { ActionRepository } from '@sekisho/persistence';
import type { Welcome } from '../access/request.js';
import { Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import { toActionModel, type ShownAction } from './actions.mapper.js';
import { ActionsService } from './actions.service.js';
import type { ActionModel } from './models/action.model.js';

/** Changed actions, to each as its member sees them. */
@Injectable()
export class ActionFeed extends Feed<ShownAction> {
  private revision = 0;

  constructor(
    platform: Platform,
    private readonly actions: ActionRepository,
    private readonly service: ActionsService,
  ) {
    super(platform, 'sekisho_actions');
  }

  subscribe(viewer: string | undefined, isWelcome: Welcome): AsyncIterableIterator<ActionModel> {
    return this.listen(isWelcome, (shown) => toActionModel(shown, viewer, this.platform.config.privacyK));
  }

  protected override async begin(): Promise<void> {
    this.revision = await this.actions.lastRevision();
  }

  protected async follow(): Promise<void> {
    if (!this.hasListeners()) return this.begin();
    for (;;) {
      const changed = await this.actions.changedSince(this.revision);
      const last = changed.at(-1);
      if (!last) return;
      this.revision = last.revision;
      for (const shown of await this.service.shown(changed)) this.tell(shown);
    }
  }
}
