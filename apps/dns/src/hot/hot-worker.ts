/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// A thread that answers datagrams and nothing else. It never returns to its event loop, so it hears of the main thread
// by shared numbers and by looking into its port.
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { collectGarbage } from '../operate/small-memory.js';
import { CONTROL, COUNT, MAX_WAITING, type HotWorkerSetup, type Publication } from './hot-control.js';
import { HotGuard } from './hot-guard.js';
import { DROP, LIMITED, UNUSUAL, type PacketAnswerer } from './hot-packet.js';
import { loadLibc } from './libc.js';
import { UdpBatch } from './udp-batch.js';

/** One collection for arrays that are replaced in a row; with so small a heap a pause of some milliseconds. */
const SETTLED_MS = 1_000;

class HotLoop {
  private publications = 0;
  private handedOver: Uint8Array[] = [];
  private collectAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly batch: UdpBatch,
    private readonly port: MessagePort,
    private readonly setup: HotWorkerSetup,
    private readonly guard: HotGuard,
    private readonly answerer: PacketAnswerer,
  ) {
    if (setup.members) guard.use(setup.members);
  }

  run(): void {
    const { batch, setup } = this;
    const { control, counts } = setup;
    while (Atomics.load(control, CONTROL.stop) === 0) {
      const received = batch.receive();
      // After waiting and before answering: no answer is older than the last publication.
      this.takePublications();
      const nowMs = Date.now();
      if (nowMs > this.collectAtMs) this.collect();
      if (received === 0) continue;
      this.answerer.refresh(nowMs);
      this.guard.begin(nowMs);
      for (let i = 0; i < received; i++) this.handle(i);
      batch.send();
      if (this.handedOver.length > 0) this.handOver();
      counts[COUNT.received]! += received;
      counts[COUNT.batches]!++;
      counts[COUNT.unsent] = batch.unsent;
    }
  }

  private handle(i: number): void {
    const { batch } = this;
    const length = this.guard.isAllowed(batch.addresses, batch.addressOf(i))
      ? this.answerer.answer(batch.bytes, batch.startOf(i), batch.lengthOf(i))
      : UNUSUAL;
    if (length > UNUSUAL) batch.keep(i, length);
    else if (length === DROP) this.setup.counts[COUNT.dropped]!++;
    else if (length === LIMITED) this.setup.counts[COUNT.limited]!++;
    else this.handedOver.push(batch.copyOf(i));
  }

  private handOver(): void {
    const { control, counts } = this.setup;
    const packets = this.handedOver;
    this.handedOver = [];
    if (Atomics.load(control, CONTROL.waiting) + packets.length > MAX_WAITING) {
      counts[COUNT.overflowed]! += packets.length;
      return;
    }
    Atomics.add(control, CONTROL.waiting, packets.length);
    counts[COUNT.handedOver]! += packets.length;
    this.port.postMessage(packets);
  }

  private takePublications(): void {
    const published = Atomics.load(this.setup.control, CONTROL.publications);
    if (published === this.publications) return;
    this.publications = published;
    for (;;) {
      const received = receiveMessageOnPort(this.port) as { message: Publication } | undefined;
      if (!received) return;
      const { message } = received;
      if (message.kind === 'members') this.guard.use(message.members);
      else {
        this.answerer.take(message);
        // Not put off by the next: those that come without a pause would never be collected.
        this.collectAtMs = Math.min(this.collectAtMs, Date.now() + SETTLED_MS);
      }
    }
  }

  /** A thread that allocates nothing never lets go of the arrays that were replaced, unless it is told to. */
  private collect(): void {
    this.collectAtMs = Number.POSITIVE_INFINITY;
    collectGarbage();
  }
}

/** Only what it needs is loaded: each thread has code of its own. */
async function answererOf({ content, counts }: HotWorkerSetup, guard: HotGuard): Promise<PacketAnswerer> {
  if (content.kind === 'zones') {
    const { HotAnswerer } = await import('./hot-answer.js');
    const answerer = new HotAnswerer(content.names, counts, guard);
    for (const zone of content.zones) answerer.take({ kind: 'zone', zone });
    return answerer;
  }
  const { LoadedAnswerer } = await import('./loaded-answer.js');
  const answerer = new LoadedAnswerer(counts, guard);
  answerer.take(content);
  return answerer;
}

if (!parentPort) throw new Error('a hot worker runs in a worker thread');
const setup = workerData as HotWorkerSetup;
const guard = new HotGuard(setup.rules);
const answerer = await answererOf(setup, guard);
new HotLoop(new UdpBatch(await loadLibc(), setup.fd), parentPort, setup, guard, answerer).run();

/* eslint-enable @typescript-eslint/no-non-null-assertion */
