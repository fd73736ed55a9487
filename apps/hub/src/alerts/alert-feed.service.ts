import { Injectable } from '@nestjs/common';
import { AlertRepository } from '@sekisho/persistence';
import type { Welcome } from '../access/request.js';
import { asTold, Feed } from '../graphql/feed.js';
import { Platform } from '../platform/platform.js';
import type { AlertModel } from './alert.model.js';
import { toAlertModel } from './alerts.mapper.js';

export interface RaisedAlert {
  readonly change: string;
  readonly alert: AlertModel;
}

/** Changed alerts, each to its owner. */
@Injectable()
export class AlertFeed extends Feed<RaisedAlert> {
  constructor(
    platform: Platform,
    private readonly repository: AlertRepository,
  ) {
    super(platform, 'sekisho_alerts');
  }

  subscribe(owner: string, isWelcome: Welcome): AsyncIterableIterator<RaisedAlert> {
    return this.listen(isWelcome, asTold, owner);
  }

  /** @param payload id of the alert, what changed, its owner */
  protected async follow(payload: string | undefined): Promise<void> {
    if (payload === undefined) {
      this.endAll();
      return;
    }
    const [id = '', change = '', owner = ''] = payload.split(' ');
    if (!this.hasListeners(owner)) return;
    const stored = await this.repository.find(owner, id);
    if (stored) this.tell({ change, alert: toAlertModel(stored) }, owner);
  }
}
