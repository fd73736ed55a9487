// LISTEN needs a connection of its own. It reconnects by itself, and then tells its listeners to look again,
// because what was announced meanwhile is lost.
import pg from 'pg';

export type Channel =
  | 'sekisho_members'
  | 'sekisho_zones'
  | 'sekisho_campaigns'
  | 'sekisho_events'
  | 'sekisho_decisions'
  | 'sekisho_review'
  | 'sekisho_alerts'
  | 'sekisho_actions'
  | 'sekisho_appeals';

export interface Notifications {
  /** The listener gets what was announced; undefined after a lost connection: anything may have been. */
  on(channel: Channel, listener: (payload: string | undefined) => void): () => void;
  close(): Promise<void>;
}

const RECONNECT_MS = 500;

export async function openNotifications(
  url: string,
  onError: (error: unknown) => void,
): Promise<Notifications> {
  const listeners = new Map<Channel, Set<(payload: string | undefined) => void>>([
    ['sekisho_members', new Set()],
    ['sekisho_zones', new Set()],
    ['sekisho_campaigns', new Set()],
    ['sekisho_events', new Set()],
    ['sekisho_alerts', new Set()],
    ['sekisho_decisions', new Set()],
    ['sekisho_review', new Set()],
    ['sekisho_actions', new Set()],
    ['sekisho_appeals', new Set()],
  ]);
  const announce = (channel: string, payload?: string) => {
    for (const listener of listeners.get(channel as Channel) ?? []) listener(payload);
  };
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(retry, RECONNECT_MS);
  };
  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'sekisho notifications',
      keepAlive: true,
    });
    const lost = (error?: unknown) => {
      if (client !== next) return;
      client = undefined;
      if (isClosed) return;
      if (error) onError(error);
      schedule();
    };
    next.on('error', lost);
    next.on('end', () => {
      lost();
    });
    next.on('notification', ({ channel, payload }) => {
      announce(channel, payload);
    });
    client = next;
    await next.connect();
    for (const channel of listeners.keys()) await next.query(`LISTEN ${channel}`);
  };
  const retry = () => {
    connect().then(
      () => {
        for (const channel of listeners.keys()) announce(channel);
      },
      (error: unknown) => {
        client = undefined;
        onError(error);
        if (!isClosed) schedule();
      },
    );
  };
  await connect();

  return {
    on(channel, listener) {
      listeners.get(channel)?.add(listener);
      return () => listeners.get(channel)?.delete(listener);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
