import type { ZoneName } from '@sekisho/zone';
import { randomUUID } from 'node:crypto';
import { HubUnavailable } from './errors.js';
import type { HubAccess } from './hub-access.js';

/** How long the hub may hold back an answer until something changes. */
export const WAIT_SECONDS = 25;
// The hub's own time plus a slow network.
const CHANGES_TIMEOUT_MS = (WAIT_SECONDS + 10) * 1000;
// 10 M entries are some 120 MB; a link that takes longer needs a nearer hub.
const SNAPSHOT_TIMEOUT_MS = 300_000;
const KEYS_TIMEOUT_MS = 10_000;

export interface FetchedSnapshot {
  readonly bytes: Uint8Array;
  /** What the hub says the serial is; the file has the last word. */
  readonly serial: number;
  /** Not verified yet. */
  readonly signature: string;
}

export interface FetchedChanges {
  /** What was signed. */
  readonly body: Uint8Array;
  /** Not verified yet. */
  readonly signature: string;
}

/** The hub as a follower of its zones sees it. The token is sent to the hub's URL alone. */
export class HubClient {
  /** Tells this follower from others, so that the hub can measure how long a change takes to reach all. */
  private readonly id = randomUUID();

  constructor(
    private readonly hubUrl: string,
    private readonly access: HubAccess,
  ) {}

  /** @throws {HubUnavailable} */
  async snapshot(zone: ZoneName, stop: AbortSignal): Promise<FetchedSnapshot> {
    return this.get(
      `/zones/${zone}/snapshot`,
      'application/octet-stream',
      SNAPSHOT_TIMEOUT_MS,
      stop,
      async (response) => {
        if (response.status !== 200) throw this.refusal(response);
        return {
          bytes: new Uint8Array(await response.arrayBuffer()),
          serial: Number(response.headers.get('sekisho-serial') ?? Number.NaN),
          signature: response.headers.get('sekisho-signature') ?? '',
        };
      },
    );
  }

  /**
   * What changed since a serial; waits up to WAIT_SECONDS for something to change.
   * 'nothing' when nothing did, 'unknown-serial' when only a snapshot helps.
   * @throws {HubUnavailable}
   */
  async changes(
    zone: ZoneName,
    since: number,
    stop: AbortSignal,
  ): Promise<FetchedChanges | 'nothing' | 'unknown-serial'> {
    const path = `/zones/${zone}/changes?since=${since}&wait=${WAIT_SECONDS}`;
    return this.get(path, 'application/json', CHANGES_TIMEOUT_MS, stop, async (response) => {
      switch (response.status) {
        case 200:
          return {
            body: new Uint8Array(await response.arrayBuffer()),
            signature: response.headers.get('sekisho-signature') ?? '',
          };
        case 204:
          return 'nothing';
        case 410:
          return 'unknown-serial';
        default:
          throw this.refusal(response);
      }
    });
  }

  /** The document with the hub's public keys. @throws {HubUnavailable} */
  async keys(): Promise<unknown> {
    return this.get(
      '/.well-known/jwks.json',
      'application/json',
      KEYS_TIMEOUT_MS,
      new AbortController().signal,
      async (response) => {
        if (response.status !== 200) throw this.refusal(response);
        return response.json();
      },
    );
  }

  private async get<T>(
    path: string,
    accept: string,
    timeoutMs: number,
    stop: AbortSignal,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    let response: Response | undefined;
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const ask = (token: string) =>
      fetch(`${this.hubUrl}${path}`, {
        headers: { authorization: `Bearer ${token}`, accept, 'sekisho-edge': this.id },
        redirect: 'error',
        signal,
      });
    try {
      const token = await this.token();
      response = await ask(token);
      if (response.status === 401 && this.access.renew(token)) {
        await response.body?.cancel();
        response = await ask(await this.token());
      }
      return await read(response);
    } catch (error) {
      if (error instanceof HubUnavailable) throw error;
      throw new HubUnavailable(`the hub at ${this.hubUrl} does not answer: ${reasonOf(error)}`, {
        cause: error,
      });
    } finally {
      // An unread body would keep the connection busy.
      if (response?.body && !response.bodyUsed) await response.body.cancel().catch(() => undefined);
    }
  }

  private async token(): Promise<string> {
    try {
      return await this.access.token();
    } catch (error) {
      throw new HubUnavailable(`no access token from the hub: ${reasonOf(error)}`, { cause: error });
    }
  }

  private refusal({ status }: Response): HubUnavailable {
    const hint = status === 401 || status === 403 ? `; ${this.access.remedy}` : '';
    return new HubUnavailable(`the hub answered ${status}${hint}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
}
