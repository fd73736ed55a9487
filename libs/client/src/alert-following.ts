import { alertRaisedSubscription, type OwnAlert } from './alert-query.js';
import { HubUnreachable } from './errors.js';
import { subscribeToHub } from './hub-subscription.js';
import type { HubSession } from './hub-session.js';
import { systemRuntime, type ClientRuntime } from './runtime.js';

export interface FollowedAlert {
  /** What changed, `evidence` when there is more of it; undefined for one that was open before. */
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
  const told = new Map<string, { readonly text: string; readonly evidenceCount: number }>();
  /** What there is to tell of it; undefined: it was told. Less evidence is no news: its owner has fetched it. */
  const news = (alert: OwnAlert, change: string | undefined): FollowedAlert | undefined => {
    const { id, evidenceCount } = alert;
    const text = JSON.stringify({ ...alert, evidenceCount: undefined });
    const before = told.get(id);
    told.set(id, { text, evidenceCount });
    if (before?.text !== text) return { change, alert };
    const isMore = change === 'evidence' || evidenceCount > before.evidenceCount;
    return isMore ? { change: 'evidence', alert } : undefined;
  };
  for (;;) {
    const ending = new AbortController();
    const changes = subscribeToHub(session, alertRaisedSubscription, ending.signal);
    try {
      let next = changes.next();
      next.catch(() => undefined);
      for (;;) {
        const open = await session.alerts({ first: LIMIT, openOnly: true });
        for (const alert of open.toReversed()) {
          const fresh = news(alert, undefined);
          if (fresh) yield fresh;
        }
        const listAgain = runtime.sleep(LIST_AGAIN_MS).then(() => undefined);
        let arrived = await Promise.race([next, listAgain]);
        while (arrived?.done === false) {
          const { change, alert } = arrived.value.alertRaised;
          const fresh = news(alert, change);
          if (fresh) yield fresh;
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
