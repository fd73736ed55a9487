// The hub's side of what an edge follows: the real snapshot bytes and the real change messages over plain HTTP.
import { generateHubKey, importHubKey, signDigest, type HubKey, type HubSignatureTyp } from '@sekisho/auth';
import { formatSubject, readSubject } from '@sekisho/subject';
import {
  apply,
  diff,
  encodeSnapshot,
  formatReturnCode,
  isZoneName,
  parseReturnCode,
  sortEntries,
  ZONE_NAMES,
  type ZoneDelta,
  type ZoneEntry,
  type ZoneName,
  type ZoneSnapshot,
} from '@sekisho/zone';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const newKey = async (): Promise<HubKey> => importHubKey(await generateHubKey());

export type Listings = Readonly<Record<string, readonly string[]>>;

interface ServedZone {
  snapshot: ZoneSnapshot;
  deltas: ZoneDelta[];
}

export function entriesOf(listings: Listings): ZoneEntry[] {
  return sortEntries(
    Object.entries(listings).map(([subject, codes]) => ({
      subject: readSubject(subject),
      codes: codes.map((code) => parseReturnCode(code) ?? 0),
    })),
  );
}

export class HubPeer {
  readonly zones = new Map<ZoneName, ServedZone>();
  readonly requests: string[] = [];
  private readonly changed = new EventEmitter().setMaxListeners(100);
  private server: Server | undefined;
  private port = 0;
  private spoiled: string | undefined;
  private stranger: Promise<HubKey> | undefined;

  private key: Promise<HubKey> = newKey();

  constructor(private readonly token: string) {
    for (const zone of ZONE_NAMES)
      this.zones.set(zone, { snapshot: { zone, serial: 1, entries: [] }, deltas: [] });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens where it listened before, if it did. */
  async open(): Promise<void> {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (typeof address === 'object' && address) this.port = address.port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Brings a zone to these listings, one serial on. */
  publish(zone: ZoneName, listings: Listings): void {
    const served = this.served(zone);
    const next = { zone, serial: served.snapshot.serial + 1, entries: entriesOf(listings) };
    const delta = diff(served.snapshot, next);
    served.snapshot = apply(served.snapshot, delta);
    served.deltas.push(delta);
    this.changed.emit('change');
  }

  /** Answers the next question for changes with this text. */
  spoilNextChange(text: string): void {
    this.spoiled = text;
  }

  /** From now on the hub signs with another key, which its key document has instead of the old one. */
  rotateKey(): void {
    this.key = newKey();
  }

  /** From now on what the hub sends is signed by a key that its key document does not have. */
  signAsStranger(): void {
    this.stranger = newKey();
  }

  /** Forgets the changes: whoever is behind has to take the snapshot again. */
  forgetChanges(zone: ZoneName): void {
    this.served(zone).deltas = [];
  }

  private served(zone: ZoneName): ServedZone {
    const served = this.zones.get(zone);
    if (!served) throw new Error(`no zone ${zone}`);
    return served;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${url.pathname}${url.search}`);
    const [, zone = '', kind] = /^\/zones\/([^/]+)\/(snapshot|changes)$/.exec(url.pathname) ?? [];
    if (url.pathname === '/.well-known/jwks.json') {
      const { publicJwk } = await this.key;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: [publicJwk] }));
    } else if (request.headers.authorization !== `Bearer ${this.token}`) response.writeHead(401).end();
    else if (!isZoneName(zone)) response.writeHead(404).end();
    else if (kind === 'snapshot') await this.sendSnapshot(zone, response);
    else
      await this.sendChanges(
        zone,
        Number(url.searchParams.get('since')),
        Number(url.searchParams.get('wait')),
        response,
      );
  }

  private async sign(bytes: Uint8Array, typ: HubSignatureTyp): Promise<string> {
    const digest = createHash('sha256').update(bytes).digest();
    return signDigest(digest, typ, await (this.stranger ?? this.key));
  }

  private async sendSnapshot(zone: ZoneName, response: ServerResponse): Promise<void> {
    const { snapshot } = this.served(zone);
    const bytes = encodeSnapshot(snapshot);
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'sekisho-serial': String(snapshot.serial),
        'sekisho-signature': await this.sign(bytes, 'sekisho-snapshot+jws'),
      })
      .end(bytes);
  }

  private async sendChanges(
    zone: ZoneName,
    since: number,
    wait: number,
    response: ServerResponse,
  ): Promise<void> {
    const deadline = AbortSignal.timeout(wait * 1000);
    const served = this.served(zone);
    while (served.snapshot.serial === since && !response.destroyed) {
      try {
        await once(this.changed, 'change', { signal: deadline });
      } catch {
        response.writeHead(204).end();
        return;
      }
    }
    const delta = served.deltas.find(({ from }) => from === since);
    if (!delta) {
      response.writeHead(410).end();
      return;
    }
    if (this.spoiled !== undefined) {
      const { spoiled } = this;
      this.spoiled = undefined;
      await this.sendSigned(response, spoiled);
      return;
    }
    const body = {
      zone,
      from: delta.from,
      to: delta.to,
      announce: delta.announce.map(({ subject, codes }) => [
        formatSubject(subject),
        codes.map(formatReturnCode),
      ]),
      withdraw: delta.withdraw.map(formatSubject),
    };
    await this.sendSigned(response, JSON.stringify(body));
  }

  private async sendSigned(response: ServerResponse, text: string): Promise<void> {
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'sekisho-signature': await this.sign(Buffer.from(text), 'sekisho-changes+jws'),
      })
      .end(text);
  }
}
