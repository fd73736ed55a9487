import { readEdgeToken } from '@sekisho/config';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeProcess, eventually, type EdgeOptions } from './edge-process.js';
import { dig } from './dig.js';
import { HubPeer } from './hub-peer.js';

/** A hub peer, a data directory and the edges started on it; everything ends with it. */
export class EdgeFixture implements AsyncDisposable {
  private readonly edges: EdgeProcess[] = [];

  private constructor(
    readonly dataDir: string,
    readonly hub: HubPeer,
  ) {}

  static async create(): Promise<EdgeFixture> {
    const dataDir = await mkdtemp(join(tmpdir(), 'sekisho-edge-'));
    const hub = new HubPeer(await readEdgeToken(dataDir));
    await hub.open();
    return new EdgeFixture(dataDir, hub);
  }

  async start(environment: EdgeOptions['environment'] = {}): Promise<EdgeProcess> {
    const edge = await EdgeProcess.start({ dataDir: this.dataDir, hubUrl: this.hub.url, environment });
    this.edges.push(edge);
    return edge;
  }

  /** An edge that has every zone. */
  async startLoaded(environment: EdgeOptions['environment'] = {}): Promise<EdgeProcess> {
    const edge = await this.start(environment);
    for (const zone of this.hub.zones.keys()) {
      await eventually(async () => (await dig(edge.port, `${zone}.z.example`, 'SOA')).status !== 'SERVFAIL');
    }
    return edge;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const edge of this.edges) await edge.stop();
    await this.hub.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
