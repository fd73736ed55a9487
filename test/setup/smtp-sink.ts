import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** A mail server that takes everything and keeps it (RFC 5321), on loopback. */
export class SmtpSink implements AsyncDisposable {
  /** Whole messages, newest last. */
  readonly mails: { readonly to: string; readonly message: string }[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<SmtpSink> {
    const server = createServer();
    const sink = new SmtpSink(server);
    server.on('connection', (socket) => {
      let buffered = '';
      let to = '';
      let isData = false;
      const say = (line: string) => socket.write(`${line}\r\n`);
      say('220 sink.example');
      socket.setEncoding('utf8').on('data', (text: string) => {
        buffered += text;
        for (;;) {
          const end = buffered.indexOf(isData ? '\r\n.\r\n' : '\r\n');
          if (end < 0) return;
          const piece = buffered.slice(0, end);
          buffered = buffered.slice(end + (isData ? 5 : 2));
          if (isData) {
            isData = false;
            sink.mails.push({ to, message: piece });
            say('250 taken');
          } else if (/^DATA/i.test(piece)) {
            isData = true;
            say('354 go on');
          } else if (/^QUIT/i.test(piece)) {
            say('221 bye');
            socket.end();
          } else {
            to = /^RCPT TO:<([^>]*)>/i.exec(piece)?.[1] ?? to;
            say('250 ok');
          }
        }
      });
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
