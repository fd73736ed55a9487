import { alertRaisedSubscription, type OwnAlert } from './alert-query.js';
import { HubUnreachable } from './errors.js';
import { subscribeToHub } from './hub-subscription.js';
import type { HubSession } from './hub-session.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';

export interface FollowedAlert {
  /** What changed; undefined for one that was open before. */
  readonly change: string | undefined;
  readonly alert: OwnAlert;
}

/** As many open ones as one answer holds. */
const LIMIT = 1_000;
const AGAIN_MS = 2_000;
/** A subscription does not say when it has begun: the list is read again, so that nothing is told later than this. */
const LIST_AGAIN_MS = 30_000;

/**
 * Open alerts, then each change as it happens, without end. A connection that is lost is made again; what changed
 * meanwhile is then told as it stands.
 * @throws {HubRefused | HubAnswerInvalid}
 */
export async function* followAlerts(
  session: HubSession,
  {
    runtime = systemRuntime,
    onLost = () => undefined,
  }: { runtime?: ClientRuntime; onLost?: () => void } = {},
): AsyncGenerator<FollowedAlert> {
  const told = new Map<string, string>();
  const isNew = (alert: OwnAlert) => {
    const { id } = alert;
    const text = JSON.stringify({ ...alert, evidenceCount: undefined });
    if (told.get(id) === text) return false;
    told.set(id, text);
    return true;
  };
  for (;;) {
    const ending = new AbortController();
    const changes = subscribeToHub(session, alertRaisedSubscription, ending.signal);
    try {
      let next = changes.next();
      next.catch(() => undefined);
      for (;;) {
        const open = await session.alerts({ first: LIMIT, openOnly: true });
        for (const alert of open.toReversed()) if (isNew(alert)) yield { change: undefined, alert };
        const listAgain = runtime.sleep(LIST_AGAIN_MS).then(() => undefined);
        let arrived = await Promise.race([next, listAgain]);
        while (arrived?.done === false) {
          if (isNew(arrived.value.alertRaised.alert)) yield arrived.value.alertRaised;
          next = changes.next();
          next.catch(() => undefined);
          arrived = await Promise.race([next, listAgain]);
        }
        if (arrived) break;
      }
    } catch (error) {
      if (!(error instanceof HubUnreachable)) throw error;
    } finally {
      ending.abort();
    }
    onLost();
    await runtime.sleep(AGAIN_MS);
  }
}
