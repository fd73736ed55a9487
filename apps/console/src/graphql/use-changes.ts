import { useEffect, useEffectEvent } from 'react';
import { useClient, type TypedDocumentNode } from 'urql';
import { onGap } from './client.ts';

/** Calls back at each change that a subscription tells of; with undefined when some may have been missed. */
export function useChanges<Data>(
  subscription: TypedDocumentNode<Data, Record<string, never>>,
  onChange: (change: Data | undefined) => void,
): void {
  const client = useClient();
  const tell = useEffectEvent(onChange);
  useEffect(() => {
    const live = client.subscription(subscription, {}).subscribe(({ data }) => {
      if (data) tell(data);
    });
    const stop = onGap(() => {
      tell(undefined);
    });
    return () => {
      live.unsubscribe();
      stop();
    };
  }, [client, subscription]);
}
