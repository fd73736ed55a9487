import type { Config } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES } from '@sekisho/zone';
import { inNetworks } from '../answer/client-access.js';
import type { ServerState } from '../answer/server-state.js';
import { Notifier } from './notifier.js';
import { TransferServer } from './transfer-server.js';
import { readTsigKeys, TsigKeys } from './tsig-keys.js';
import { ZoneHistories } from './zone-histories.js';

/** All that standard secondaries need: keys, history, word of changes, transfers. Without them nothing is kept. */
export class Transfers {
  private notifier: Notifier | undefined;

  private constructor(
    private readonly config: Config,
    /** The server's state, in which those who may transfer may also ask for the serial. */
    readonly state: ServerState,
    /** undefined when nobody may transfer. */
    readonly histories: ZoneHistories | undefined,
    private readonly logger: Logger,
  ) {}

  /** @throws {ConfigInvalid} for a file of keys that cannot be used */
  static async open(config: Config, state: ServerState, logger: Logger): Promise<Transfers> {
    const { tsigKeysPath, transferNetworks, dataDir, publicUrl, zone } = config;
    const keys = tsigKeysPath === undefined ? [] : await readTsigKeys(tsigKeysPath);
    const mayTransfer = inNetworks(transferNetworks);
    let opened: Transfers | undefined = undefined as Transfers | undefined;
    const isOffered = keys.length > 0 || transferNetworks.length > 0;
    const histories = isOffered
      ? new ZoneHistories(dataDir, `${publicUrl} ${zone}`, logger, (changed) => {
          opened?.notifier?.changed(changed);
        })
      : undefined;
    const extended: ServerState = {
      ...state,
      mayTransfer,
      isAllowed: (client) => state.isAllowed(client) || mayTransfer(client),
      tsigKeys: new TsigKeys(keys, () => Math.floor(state.nowMs() / 1_000)),
    };
    opened = new Transfers(config, extended, histories, logger);
    return opened;
  }

  serverOf(state: ServerState): TransferServer {
    return new TransferServer(state, this.histories, this.logger);
  }

  /** From now on secondaries hear of changes, and first of what is in service. */
  start(): void {
    const { notify, zone } = this.config;
    if (!this.histories || notify.length === 0) return;
    this.notifier = new Notifier(notify, zone, this.logger);
    for (const name of ZONE_NAMES) if (this.state.zones.has(name)) this.notifier.changed(name);
  }

  async close(): Promise<void> {
    this.notifier?.close();
    await this.histories?.flush();
  }
}
