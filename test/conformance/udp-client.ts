import { decodeResponse, type Response } from '@sekisho/dns-wire';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** One question as octets: the name is in wire form with root, so that any octet can be asked for. */
export interface Ask {
  readonly name: Uint8Array;
  readonly type: number;
  readonly class?: number;
  /** The UDP size of an OPT record; none without. */
  readonly udpSize?: number;
}

const IN_FLIGHT = 64;
const WAIT_MS = 2_000;
const ATTEMPTS = 3;

function packetOf(ask: Ask, id: number): Uint8Array {
  const { name } = ask;
  const packet = new Uint8Array(12 + name.length + 4 + (ask.udpSize === undefined ? 0 : 11));
  const view = new DataView(packet.buffer);
  view.setUint16(0, id);
  view.setUint16(4, 1);
  packet.set(name, 12);
  view.setUint16(12 + name.length, ask.type);
  view.setUint16(14 + name.length, ask.class ?? 1);
  if (ask.udpSize !== undefined) {
    view.setUint16(10, 1);
    view.setUint16(17 + name.length, 41);
    view.setUint16(19 + name.length, ask.udpSize);
  }
  return packet;
}

/** Asks a server on the loopback many things at once. */
export class UdpClient implements AsyncDisposable {
  private readonly waiting = new Map<number, (packet: Uint8Array) => void>();
  private nextId = 1;

  private constructor(
    private readonly socket: Socket,
    private readonly port: number,
  ) {
    socket.on('message', (packet) => {
      this.waiting.get(packet.readUInt16BE(0))?.(packet);
    });
  }

  static async open(port: number): Promise<UdpClient> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpClient(socket, port);
  }

  /** The answers in the order of the questions; undefined where none came. */
  async askAll(asks: readonly Ask[]): Promise<(Response | undefined)[]> {
    const answers: (Response | undefined)[] = [];
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < asks.length) {
        const place = next++;
        const ask = asks[place];
        if (ask) answers[place] = await this.ask(ask);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
    return answers;
  }

  /** Asks again when a packet is lost. @throws when a packet comes that is no answer */
  async ask(ask: Ask, attempts = ATTEMPTS): Promise<Response | undefined> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const packet = await this.exchange((id) => packetOf(ask, id));
      if (!packet) continue;
      const response = decodeResponse(packet);
      if (!response) throw new Error(`not an answer: ${Buffer.from(packet).toString('hex')}`);
      return response;
    }
    return undefined;
  }

  /** Sends one packet and resolves to what comes back within two seconds. */
  exchange(make: (id: number) => Uint8Array, waitMs = WAIT_MS): Promise<Uint8Array | undefined> {
    const id = this.nextId;
    this.nextId = (this.nextId % 65_535) + 1;
    return new Promise((resolve) => {
      const finish = (packet: Uint8Array | undefined): void => {
        clearTimeout(deadline);
        this.waiting.delete(id);
        resolve(packet);
      };
      const deadline = setTimeout(() => {
        finish(undefined);
      }, waitMs);
      this.waiting.set(id, finish);
      this.socket.send(make(id), this.port, '127.0.0.1');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}
