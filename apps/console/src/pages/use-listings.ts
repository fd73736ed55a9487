// All listings of the federation in the browser: fetched page by page, kept up to date by subscription, so that filters
// and sorting answer at once however many there are.
import { useEffect, useSyncExternalStore } from 'react';
import { useClient, type Client } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { LISTING_CHANGED, type ListingRow } from './use-live-feed.ts';

const LISTINGS = graphql(`
  query Listings($after: String) {
    listings(first: 1000, after: $after) {
      edges {
        node {
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
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export interface ListingsView {
  readonly rows: readonly ListingRow[];
  readonly isComplete: boolean;
  /** Of the page that could not be fetched. */
  readonly error: string | undefined;
}

const DRAW_EVERY_MS = 300;

class ListingsStore {
  private readonly rows = new Map<string, ListingRow>();
  private view: ListingsView = { rows: [], isComplete: false, error: undefined };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopLive: (() => void) | undefined;
  private loading: Promise<void> | undefined;
  /** What changed while pages were being fetched is newer than what the pages say. */
  private readonly changed = new Set<string>();

  readonly current = (): ListingsView => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follows changes, and fetches everything; resolves to what ends the following. */
  open(client: Client): () => void {
    const live = client.subscription(LISTING_CHANGED, {}).subscribe(({ data }) => {
      if (!data) return;
      const row = data.listingChanged;
      this.changed.add(row.subject);
      if (row.listed) this.rows.set(row.subject, row);
      else this.rows.delete(row.subject);
      this.draw({});
    });
    this.stopLive = () => {
      live.unsubscribe();
    };
    this.loading ??= this.load(client).finally(() => {
      this.loading = undefined;
    });
    return () => {
      this.stopLive?.();
    };
  }

  private async load(client: Client): Promise<void> {
    const seen = new Set<string>();
    this.changed.clear();
    let after: string | null = null;
    for (;;) {
      const { data, error }: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(client, after);
      if (!data) {
        this.draw({ error: error ? codeOf(error) : 'unreachable' });
        return;
      }
      for (const { node } of data.listings.edges) {
        seen.add(node.subject);
        if (!this.changed.has(node.subject)) this.rows.set(node.subject, node);
      }
      this.draw({ error: undefined });
      if (!data.listings.pageInfo.hasNextPage) break;
      after = data.listings.pageInfo.endCursor;
    }
    for (const subject of this.rows.keys()) {
      if (!seen.has(subject) && !this.changed.has(subject)) this.rows.delete(subject);
    }
    this.draw({ isComplete: true });
  }

  private draw(change: Partial<ListingsView>): void {
    this.view = { ...this.view, ...change };
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.view = { ...this.view, rows: [...this.rows.values()] };
      for (const tell of this.listeners) tell();
    }, DRAW_EVERY_MS);
  }
}

const fetchPage = (client: Client, after: string | null) =>
  client.query(LISTINGS, { after }, { requestPolicy: 'network-only' }).toPromise();

/** Kept while the console is open: coming back to the list shows it at once, and then what is new. */
const store = new ListingsStore();

export function useListings(): ListingsView {
  const client = useClient();
  useEffect(() => store.open(client), [client]);
  return useSyncExternalStore(store.subscribe, store.current);
}
