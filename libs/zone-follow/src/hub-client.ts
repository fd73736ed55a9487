import type { ZoneName } from '@sekisho/zone';
import { randomUUID } from 'node:crypto';
import { HubUnavailable } from './errors.js';
import type { HubAccess } from './hub-access.js';
import { askHub, type HubAnswer } from './hub-request.js';

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
      (response) => {
        if (response.status !== 200) throw this.refusal(response);
        return {
          bytes: response.body,
          serial: Number(response.header('sekisho-serial') ?? Number.NaN),
          signature: response.header('sekisho-signature') ?? '',
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
    return this.get(path, 'application/json', CHANGES_TIMEOUT_MS, stop, (response) => {
      switch (response.status) {
        case 200:
          return {
            body: response.body,
            signature: response.header('sekisho-signature') ?? '',
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
      (response): unknown => {
        if (response.status !== 200) throw this.refusal(response);
        return JSON.parse(Buffer.from(response.body).toString());
      },
    );
  }

  private async get<T>(
    path: string,
    accept: string,
    timeoutMs: number,
    stop: AbortSignal,
    read: (response: HubAnswer) => T,
  ): Promise<T> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const ask = (token: string) =>
      askHub(`${this.hubUrl}${path}`, {
        headers: { authorization: `Bearer ${token}`, accept, 'sekisho-edge': this.id },
        signal,
      });
    try {
      const token = await this.token();
      const response = await ask(token);
      const isRenewed = response.status === 401 && this.access.renew(token);
      return read(isRenewed ? await ask(await this.token()) : response);
    } catch (error) {
      if (error instanceof HubUnavailable) throw error;
      throw new HubUnavailable(`the hub at ${this.hubUrl} does not answer: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  private async token(): Promise<string> {
    try {
      return await this.access.token();
    } catch (error) {
      throw new HubUnavailable(`no access token from the hub: ${reasonOf(error)}`, { cause: error });
    }
  }

  private refusal({ status }: HubAnswer): HubUnavailable {
    const hint = status === 401 || status === 403 ? `; ${this.access.remedy}` : '';
    return new HubUnavailable(`the hub answered ${status}${hint}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
}
