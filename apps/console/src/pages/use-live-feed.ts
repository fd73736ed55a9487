import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql, type ResultOf } from '../graphql/graphql.ts';

export const LISTING_CHANGED = graphql(`
  subscription ListingChanged {
    listingChanged {
      subject
      score
      listed
      categories
      confidence
      recommendation
      memberCount
      firstSeen
      lastSeen
      expiresAt
    }
  }
`);

export type ListingRow = ResultOf<typeof LISTING_CHANGED>['listingChanged'];

export interface FeedItem {
  readonly row: ListingRow;
  readonly at: Date;
}

/** At most this often, so that a thousand changes a second draw nothing more than one does. */
const DRAW_EVERY_MS = 250;

/** The last changes of listings since the page was opened, newest first, one for each subject. */
export function useLiveFeed(most: number): readonly FeedItem[] {
  const client = useClient();
  const [items, setItems] = useState<readonly FeedItem[]>([]);
  useEffect(() => {
    let arrived: FeedItem[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      const fresh = arrived.reverse();
      arrived = [];
      setItems((before) => {
        const bySubject = new Map([...fresh, ...before].reverse().map((item) => [item.row.subject, item]));
        const newestFirst = [...bySubject.values()].sort((a, b) => b.at.getTime() - a.at.getTime());
        return newestFirst.slice(0, most);
      });
    };
    const live = client.subscription(LISTING_CHANGED, {}).subscribe(({ data }) => {
      if (!data) return;
      arrived.push({ row: data.listingChanged, at: new Date() });
      arrived = arrived.slice(-most);
      timer ??= setTimeout(draw, DRAW_EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      live.unsubscribe();
    };
  }, [client, most]);
  return items;
}
