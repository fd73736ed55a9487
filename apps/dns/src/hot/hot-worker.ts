/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// A thread that answers datagrams and nothing else. It never returns to its event loop, so it hears of the main thread
// by shared numbers and by looking into its port.
import { ZoneIndex } from '@sekisho/zone';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { DROP, HotAnswerer, UNUSUAL } from './hot-answer.js';
import { CONTROL, COUNT, MAX_WAITING, type HotWorkerSetup, type Publication } from './hot-control.js';
import { HotGuard } from './hot-guard.js';
import { loadLibc } from './libc.js';
import { UdpBatch } from './udp-batch.js';

class HotLoop {
  private publications = 0;
  private handedOver: Uint8Array[] = [];
  private readonly answerer: HotAnswerer;
  private readonly guard: HotGuard;

  constructor(
    private readonly batch: UdpBatch,
    private readonly port: MessagePort,
    private readonly setup: HotWorkerSetup,
  ) {
    this.guard = new HotGuard(setup.rules);
    if (setup.members) this.guard.use(setup.members);
    this.answerer = new HotAnswerer(setup.names, setup.counts, this.guard);
    for (const zone of setup.zones) this.answerer.use(ZoneIndex.attach(zone));
  }

  run(): void {
    const { batch, setup } = this;
    const { control, counts } = setup;
    while (Atomics.load(control, CONTROL.stop) === 0) {
      const received = batch.receive();
      // After waiting and before answering: no answer is older than the last publication.
      this.takePublications();
      if (received === 0) continue;
      this.answerer.refresh();
      this.guard.begin(Date.now());
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
      if (message.kind === 'zone') this.answerer.use(ZoneIndex.attach(message.zone));
      else this.guard.use(message.members);
    }
  }
}

if (!parentPort) throw new Error('a hot worker runs in a worker thread');
const setup = workerData as HotWorkerSetup;
new HotLoop(new UdpBatch(await loadLibc(), setup.fd), parentPort, setup).run();

/* eslint-enable @typescript-eslint/no-non-null-assertion */
