import {
  emptyReply,
  encodeResponse,
  parseQuery,
  QUESTION_NAME,
  RCODE,
  textOfName,
  textRecord,
  TYPE,
} from '@sekisho/dns-wire';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A name server of its own for a test, on a loopback port: TXT records by name, and names that it fails at. */
export class TxtServer implements AsyncDisposable {
  readonly records = new Map<string, readonly string[]>();
  readonly failing = new Set<string>();
  private constructor(private readonly socket: Socket) {
    socket.on('message', (message, { port, address }) => {
      const query = parseQuery(message);
      if (!query?.question) return;
      const name = textOfName(query.question.name).toLowerCase().replace(/\.$/, '');
      const texts = query.question.type === TYPE.TXT ? this.records.get(name) : undefined;
      const rcode = this.failing.has(name) ? RCODE.SERVFAIL : texts ? RCODE.NOERROR : RCODE.NXDOMAIN;
      const answers = (texts ?? []).map((text) => textRecord(QUESTION_NAME, 0, text));
      const answer = encodeResponse(
        query,
        { ...emptyReply(rcode), answers },
        { maxBytes: 1_232, udpSize: 1_232 },
      );
      socket.send(answer, port, address);
    });
  }

  static async start(): Promise<TxtServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new TxtServer(socket);
  }

  /** `127.0.0.1:54321` */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
