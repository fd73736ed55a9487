import type { ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Respond } from '../listen/respond.js';
import type { MemberTallies } from '../access/shared-members.js';
import {
  CONTROL,
  createControl,
  createCounts,
  type HotContent,
  type HotWorkerSetup,
  type Publication,
} from './hot-control.js';
import type { HotRules } from './hot-guard.js';
import { openSocket, portOf } from './hot-socket.js';
import type { Libc } from './libc.js';
import { ADDRESS_BYTES, decodeAddress } from './socket-address.js';

const RESTART_MS = 100;

/** What workers answer from, and whom. */
export interface HotSource {
  readonly rules: HotRules;
  readonly members?: MemberTallies | undefined;
  /** All of it, for a worker that starts. */
  content(): HotContent;
}

interface Lane {
  readonly fd: number;
  readonly control: Int32Array;
  readonly counts: Float64Array;
  worker: Worker;
}

/**
 * UDP by worker threads that read the zones in shared memory. This thread gets the packets that are not for the hot
 * path, answers them and sends the answers by the worker's own socket.
 */
export class HotListener {
  private lanes: Lane[] = [];
  private isClosing = false;

  constructor(
    private readonly libc: Libc,
    private readonly source: HotSource,
    private readonly workers: number,
    private readonly respond: Respond,
    private readonly logger: Logger,
  ) {
    source.members?.watch((shared) => {
      this.publish({ kind: 'members', members: shared });
    });
  }

  /** The counts of each worker, by COUNT. */
  get counts(): readonly Float64Array[] {
    return this.lanes.map(({ counts }) => counts);
  }

  /** Resolves to the port once all workers answer. @throws what the system says when it cannot listen */
  async listen(address: ListenAddress): Promise<number> {
    let { port } = address;
    for (let i = 0; i < this.workers; i++) {
      const fd = openSocket(this.libc, { ...address, port });
      port = portOf(this.libc, fd);
      const [control, counts] = [createControl(), createCounts()];
      this.lanes.push({ fd, control, counts, worker: this.start(fd, control, counts) });
    }
    await Promise.all(this.lanes.map(({ worker }) => once(worker, 'online')));
    return port;
  }

  /** From the next batch on every worker reads what is published; none of their packets waits for that. */
  publish(publication: Publication): void {
    for (const { worker, control } of this.lanes) {
      worker.postMessage(publication);
      Atomics.add(control, CONTROL.publications, 1);
    }
  }

  async close(): Promise<void> {
    this.isClosing = true;
    const { lanes } = this;
    this.lanes = [];
    await Promise.all(
      lanes.map(async ({ worker, control, fd }) => {
        const exited = once(worker, 'exit');
        Atomics.store(control, CONTROL.stop, 1);
        await exited;
        this.libc.close(fd);
      }),
    );
  }

  private start(fd: number, control: Int32Array, counts: Float64Array): Worker {
    const { rules, members } = this.source;
    const workerData: HotWorkerSetup = {
      ...{ fd, control, counts, rules },
      content: this.source.content(),
      members: members?.shared,
    };
    const worker = new Worker(new URL('./hot-worker.js', import.meta.url), {
      workerData,
      // It allocates next to nothing; the default would reserve several times as much.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    worker.on('message', (packets: readonly Uint8Array[]) => {
      for (const packet of packets) this.answer(fd, packet);
      Atomics.sub(control, CONTROL.waiting, packets.length);
    });
    worker.on('error', (error) => {
      this.logger.error({ err: error }, 'a worker stopped answering; starting another on its socket');
    });
    worker.on('exit', () => {
      if (this.isClosing) return;
      setTimeout(() => {
        this.restart(fd);
      }, RESTART_MS);
    });
    return worker;
  }

  private restart(fd: number): void {
    const lane = this.lanes.find((other) => other.fd === fd);
    if (!lane) return;
    // What waits in the socket is answered by the new worker.
    Atomics.store(lane.control, CONTROL.waiting, 0);
    lane.worker = this.start(fd, lane.control, lane.counts);
  }

  private answer(fd: number, packet: Uint8Array): void {
    const address = packet.subarray(0, ADDRESS_BYTES);
    const answer = this.respond(packet.subarray(ADDRESS_BYTES), 'udp', decodeAddress(address).host);
    if (!answer) return;
    // The exact length, as the kernel wants it; a client that is gone is the client's matter.
    this.libc.sendto(fd, answer, answer.length, 0, address, address[0] === 2 ? 16 : ADDRESS_BYTES);
  }
}
