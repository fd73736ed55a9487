// A hub that does nothing but publish: a signed snapshot, then changes at a steady rate, and another snapshot on demand.
import { generateHubKey, importHubKey, signDigest, type HubKey, type HubSignatureTyp } from '@sekisho/auth';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Published {
  readonly serial: number;
  readonly bytes: Uint8Array;
}

interface Change {
  readonly serial: number;
  readonly announce: readonly string[];
  readonly withdraw: readonly string[];
}

const TICK_MS = 20;
/** A change withdraws what was announced so many changes before. */
const AGE = 25;

export class PublishingHub {
  /** Entries announced and withdrawn so far. */
  changed = 0;
  snapshotsTaken = 0;
  private readonly zone: string;
  private readonly key: HubKey;
  private readonly server: Server;
  private current: Published;
  private serial: number;
  private changes: Change[] = [];
  private announced = 0;
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];

  private constructor(zone: string, key: HubKey, first: Published) {
    this.zone = zone;
    this.key = key;
    this.current = first;
    this.serial = first.serial;
    this.server = createServer((request, response) => {
      void this.handle(request, response);
    });
  }

  static async open(zone: string, first: Published): Promise<PublishingHub> {
    const hub = new PublishingHub(zone, await importHubKey(await generateHubKey()), first);
    hub.server.listen(0, '127.0.0.1');
    await once(hub.server, 'listening');
    return hub;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** The serial that the edge should have. */
  get latest(): number {
    return this.serial;
  }

  /** Changes so many entries a second from now on. */
  start(perSecond: number): void {
    const startedAt = performance.now();
    let done = 0;
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
      const count = Math.floor((due - done) / 2);
      if (count > 0) this.change(count);
      done += count * 2;
    }, TICK_MS);
  }

  /** Forgets the changes: the edge has to take this snapshot. */
  replace(next: Published): void {
    this.current = next;
    this.serial = next.serial;
    this.changes = [];
    this.wake();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.wake();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Announces so many addresses and withdraws as many older ones: one serial on. */
  change(count: number): void {
    const address = (i: number) => `240.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
    const announce = Array.from({ length: count }, (_, i) => address(this.announced + i));
    const withdraw = this.changes.at(-AGE)?.announce ?? [];
    this.announced += count;
    this.changed += announce.length + withdraw.length;
    this.serial++;
    this.changes.push({ serial: this.serial, announce, withdraw });
    this.wake();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/.well-known/jwks.json') {
      response.end(JSON.stringify({ keys: [this.key.publicJwk] }));
    } else if (url.pathname === `/zones/${this.zone}/snapshot`) {
      this.snapshotsTaken++;
      const { serial, bytes } = this.current;
      const signature = await this.sign(bytes, 'sekisho-snapshot+jws');
      response
        .writeHead(200, { 'sekisho-serial': String(serial), 'sekisho-signature': signature })
        .end(bytes);
    } else if (url.pathname === `/zones/${this.zone}/changes`) {
      await this.sendChanges(Number(url.searchParams.get('since')), response);
    } else response.writeHead(404).end();
  }

  private async sendChanges(since: number, response: ServerResponse): Promise<void> {
    if (this.serial === since) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
    const missing = this.changes.filter(({ serial }) => serial > since);
    if (missing[0]?.serial !== since + 1) {
      response.writeHead(missing.length === 0 && this.serial === since ? 204 : 410).end();
      return;
    }
    const body = Buffer.from(
      JSON.stringify({
        zone: this.zone,
        from: since,
        to: this.serial,
        announce: missing.flatMap(({ announce }) => announce.map((subject) => [subject, ['127.0.91.3']])),
        withdraw: missing.flatMap(({ withdraw }) => withdraw),
      }),
    );
    const signature = await this.sign(body, 'sekisho-changes+jws');
    response.writeHead(200, { 'sekisho-signature': signature }).end(body);
  }

  private sign(bytes: Uint8Array, typ: HubSignatureTyp): Promise<string> {
    return signDigest(createHash('sha256').update(bytes).digest(), typ, this.key);
  }
}
