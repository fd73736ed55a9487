// A load generator that costs less per query than the servers do: batches of 64 in one system call, one connected UDP
// socket, in a process of its own. Talked to over the fork channel: a Load comes in, a LoadResult goes out.
import {
  BATCH,
  Batch,
  connect,
  close,
  errno,
  HEADER_WORDS,
  MSG_WAITFORONE,
  recvmmsg,
  sendmmsg,
  setsockopt,
  socket,
  STRIDE,
} from './dns-batch.ts';

export interface Load {
  readonly port: number;
  /** Places of `queryBytes`: two octets of length, a query, padding. Its ID is replaced. */
  readonly queries: Uint8Array;
  readonly queryBytes: number;
  readonly seconds: number;
  /** Queries on the way at any time; 0: open load at `rate`. */
  readonly window: number;
  /** Queries a second of the open load; with a window, how many of its latencies are kept for each second. */
  readonly rate: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly answered: number;
  /** Answers with at least one record in the answer section. */
  readonly listed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

const MSG_DONTWAIT = 0x40;
// A query without an answer for so long counts as lost.
const PATIENCE_MS = 1000;
const RECEIVE_TIMEOUT_MS = 50;
const QUIET_RECEIVES = PATIENCE_MS / RECEIVE_TIMEOUT_MS;

function openSocket(port: number): number {
  const fd = socket(2, 2, 0);
  const option = (name: number, bytes: Uint8Array) => setsockopt(fd, 1, name, bytes, bytes.length);
  option(8, Uint8Array.of(0, 0, 0x40, 0));
  option(7, Uint8Array.of(0, 0, 0x40, 0));
  const timeout = new Uint8Array(16);
  new DataView(timeout.buffer).setUint32(8, RECEIVE_TIMEOUT_MS * 1000, true);
  option(20, timeout);
  const address = Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  if (fd < 0 || connect(fd, address, 16) < 0) throw new Error('no socket');
  return fd;
}

class Generator {
  private readonly load: Load;
  private readonly out = new Batch();
  private readonly in = new Batch();
  private readonly sentAt = new Float64Array(65_536);
  private readonly latencies: Float64Array;
  private readonly fd: number;
  private next = 0;
  private sent = 0;
  private answered = 0;
  private listed = 0;

  constructor(load: Load) {
    this.load = load;
    this.fd = openSocket(load.port);
    this.latencies = new Float64Array(Math.max(1, load.rate) * (load.seconds + 2));
  }

  run(): LoadResult {
    const startedAt = performance.now();
    if (this.load.window > 0) this.closed(startedAt);
    else this.open(startedAt);
    const seconds = (performance.now() - startedAt) / 1000;
    close(this.fd);
    const sorted = this.latencies.subarray(0, Math.min(this.answered, this.latencies.length)).sort();
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
    const { sent, answered, listed } = this;
    return { sent, answered, listed, seconds, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) };
  }

  private closed(startedAt: number): void {
    const { window, seconds } = this.load;
    const end = startedAt + seconds * 1000;
    let waiting = 0;
    let quiet = 0;
    while (performance.now() < end) {
      while (waiting < window) {
        const count = Math.min(BATCH, window - waiting);
        this.send(count);
        waiting += count;
      }
      const received = this.receive(MSG_WAITFORONE);
      waiting -= received;
      quiet = received === 0 ? quiet + 1 : 0;
      // What is missing after so long is lost.
      if (quiet >= QUIET_RECEIVES) waiting = 0;
    }
    quiet = 0;
    while (waiting > 0 && quiet < QUIET_RECEIVES) {
      const received = this.receive(MSG_WAITFORONE);
      waiting -= received;
      quiet = received === 0 ? quiet + 1 : 0;
    }
  }

  private open(startedAt: number): void {
    const { rate, seconds } = this.load;
    const total = Math.floor(rate * seconds);
    while (this.sent < total) {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * rate) / 1000));
      if (due > this.sent) this.send(Math.min(BATCH, due - this.sent));
      this.receive(MSG_DONTWAIT);
    }
    const end = performance.now() + PATIENCE_MS;
    while (this.answered < this.sent && performance.now() < end) this.receive(MSG_DONTWAIT);
  }

  private send(count: number): void {
    const { out, load } = this;
    const total = load.queries.length / load.queryBytes;
    const now = performance.now();
    for (let i = 0; i < count; i++) {
      const from = (this.next % total) * load.queryBytes;
      const to = i * STRIDE;
      const length = ((load.queries[from] ?? 0) << 8) | (load.queries[from + 1] ?? 0);
      out.vectors[i * 4 + 2] = length;
      for (let j = 2; j < length; j++) out.bytes[to + j] = load.queries[from + 2 + j] ?? 0;
      const id = this.next++ & 0xffff;
      out.bytes[to] = id >> 8;
      out.bytes[to + 1] = id & 255;
      this.sentAt[id] = now;
    }
    for (let done = 0; done < count;) {
      const sent = sendmmsg(this.fd, out.address + BigInt(done * HEADER_WORDS * 4), count - done, 0);
      if (sent < 0) throw new Error(`sendmmsg failed with errno ${errno()}`);
      done += sent;
    }
    this.sent += count;
  }

  private receive(flags: number): number {
    const batch = this.in;
    const count = recvmmsg(this.fd, batch.address, BATCH, flags, null);
    if (count <= 0) return 0;
    const now = performance.now();
    for (let i = 0; i < count; i++) {
      const at = i * STRIDE;
      const id = ((batch.bytes[at] ?? 0) << 8) | (batch.bytes[at + 1] ?? 0);
      if (this.answered < this.latencies.length) this.latencies[this.answered] = now - (this.sentAt[id] ?? 0);
      this.answered++;
      if ((batch.bytes[at + 7] ?? 0) > 0) this.listed++;
    }
    return count;
  }
}

process.on('message', (load: Load) => {
  process.send?.(new Generator(load).run());
});
