import { useEffect } from 'react';
import type { OperationContext } from 'urql';

type Refresh = (options: Partial<OperationContext>) => void;

/**
 * Asks again for what no subscription tells of: every `seconds` while somebody looks, and when the person comes back to
 * the window. Undefined: not by itself.
 */
export function useRefresh(refresh: Refresh, seconds: number | undefined): void {
  useEffect(() => {
    if (seconds === undefined) return;
    const ask = () => {
      if (document.visibilityState === 'visible') refresh({ requestPolicy: 'network-only' });
    };
    const timer = setInterval(ask, seconds * 1_000);
    window.addEventListener('focus', ask);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', ask);
    };
  }, [refresh, seconds]);
}
