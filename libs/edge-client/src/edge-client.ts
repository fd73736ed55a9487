// Questions to one DNS edge over UDP, as a stub resolver asks them (RFC 1035 section 4.2.1; RFC 5452 section 9 against
// forged answers: a random id and port, and the question must come back as it was asked).
import { decodeResponse, encodeQuery, RCODE, TYPE, type Response } from '@sekisho/dns-wire';
import type { UnknownReason } from '@sekisho/policy';
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';

export type EdgeAnswer =
  /** A records as 32-bit numbers; none: not listed. */
  | { readonly kind: 'codes'; readonly codes: readonly number[]; readonly ttlSeconds: number }
  | { readonly kind: 'failed'; readonly reason: UnknownReason };

export interface EdgeClientOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** Open questions; one more fails with `busy`. At most 32,768, or ids would be hard to find. */
  readonly maxOpen: number;
}

interface Open {
  readonly name: string;
  readonly untilMs: number;
  readonly resolve: (answer: EdgeAnswer) => void;
}

const SWEEP_MS = 10;
const MAX_TTL_SECONDS = 86_400;
/** Room for a burst of answers while this process is busy; Linux gives up to net.core.rmem_max. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Never rejects, and never waits longer than the timeout (10 ms more, at most): whatever goes wrong is an answer with a reason. */
export class EdgeClient {
  private socket: Socket | undefined;
  private isConnected = false;
  private waitingForSocket: (() => void)[] = [];
  private readonly open = new Map<number, Open>();
  private sweeper: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: EdgeClientOptions) {}

  get openQuestions(): number {
    return this.open.size;
  }

  /**
   * The A records of a name.
   * @param sinceMs on the clock of performance.now(): when whoever waits began to, if that was before
   */
  ask(name: string, sinceMs: number = performance.now()): Promise<EdgeAnswer> {
    if (this.isClosed) return Promise.resolve({ kind: 'failed', reason: 'unreachable' });
    if (this.open.size >= this.options.maxOpen) return Promise.resolve({ kind: 'failed', reason: 'busy' });
    return new Promise((resolve) => {
      let id = randomInt(0x1_0000);
      while (this.open.has(id)) id = (id + 1) & 0xffff;
      this.open.set(id, { name, untilMs: sinceMs + this.options.timeoutMs, resolve });
      this.sweeper ??= setInterval(() => {
        this.sweep();
      }, SWEEP_MS).unref();
      const query = encodeQuery({ id, name, type: TYPE.A, isRecursionDesired: true });
      const socket = this.socketInUse();
      if (this.isConnected) socket.send(query);
      else
        this.waitingForSocket.push(() => {
          socket.send(query);
        });
    });
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    this.drop('unreachable');
  }

  private socketInUse(): Socket {
    if (this.socket) return this.socket;
    const { host, port } = this.options;
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
    this.socket = socket;
    socket.on('message', (message) => {
      this.take(message);
    });
    // The system says that nobody listens there: no use in waiting. The next question gets a new socket.
    socket.on('error', () => {
      if (this.socket === socket) this.drop('unreachable');
    });
    socket.connect(port, host, () => {
      if (this.socket !== socket) return;
      try {
        socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
      } catch {
        // The system's own size will do.
      }
      this.isConnected = true;
      const waiting = this.waitingForSocket;
      this.waitingForSocket = [];
      for (const send of waiting) send();
    });
    return socket;
  }

  private take(message: Uint8Array): void {
    const response = decodeResponse(message);
    if (!response) return;
    const asked = this.open.get(response.id);
    if (!asked || !isAbout(response, asked.name)) return;
    this.open.delete(response.id);
    asked.resolve(answerOf(response));
  }

  private sweep(): void {
    const nowMs = performance.now();
    for (const [id, { untilMs, resolve }] of this.open) {
      if (untilMs > nowMs) continue;
      this.open.delete(id);
      resolve({ kind: 'failed', reason: 'timeout' });
    }
    if (this.open.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }

  private drop(reason: UnknownReason): void {
    const { socket } = this;
    this.socket = undefined;
    this.isConnected = false;
    this.waitingForSocket = [];
    if (socket) {
      socket.removeAllListeners('message');
      try {
        socket.close();
      } catch {
        // It is closed already.
      }
    }
    const open = [...this.open.values()];
    this.open.clear();
    for (const { resolve } of open) resolve({ kind: 'failed', reason });
  }
}

/** Whether it answers this question. Names here are lower case, and edges give the question back octet by octet. */
function isAbout({ question }: Response, name: string): boolean {
  if (question?.type !== TYPE.A) return false;
  let at = 0;
  const bytes = question.name;
  for (const label of name.split('.')) {
    if (bytes[at] !== label.length) return false;
    for (let i = 0; i < label.length; i++) if (bytes[at + 1 + i] !== label.charCodeAt(i)) return false;
    at += label.length + 1;
  }
  return bytes[at] === 0 || at === bytes.length;
}

function answerOf(response: Response): EdgeAnswer {
  const { rcode, answers, authority, isTruncated } = response;
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return { kind: 'failed', reason: 'refused' };
  // Seven categories fit 512 octets: what is cut is not from an edge.
  if (isTruncated) return { kind: 'failed', reason: 'malformed' };
  const codes: number[] = [];
  let ttlSeconds = MAX_TTL_SECONDS;
  for (const { value, ttlSeconds: ttl } of answers) {
    if (value.kind !== 'A') continue;
    codes.push(value.address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0));
    ttlSeconds = Math.min(ttlSeconds, ttl);
  }
  if (rcode === RCODE.NXDOMAIN && codes.length > 0) return { kind: 'failed', reason: 'malformed' };
  if (codes.length === 0) {
    // RFC 2308 section 5: the smaller of the SOA's own TTL and its minimum.
    ttlSeconds = authority.reduce(
      (least, { value, ttlSeconds: ttl }) =>
        value.kind === 'SOA' ? Math.min(least === 0 ? ttl : least, ttl, value.minimumSeconds) : least,
      0,
    );
  }
  return { kind: 'codes', codes, ttlSeconds };
}
