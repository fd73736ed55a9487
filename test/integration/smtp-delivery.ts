// A mail client of one message, behind the PROXY protocol.
import { parseIp } from '@sekisho/subject';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface SmtpOutcome {
  /** The command that had the last word: BANNER, MAIL, RCPT, DATA. */
  readonly at: string;
  readonly code: number;
  readonly text: string;
  readonly ms: number;
  /** The longest that the server took to answer a RCPT, when the policy is asked. */
  readonly rcptMs: number;
}

export interface MailOptions {
  readonly recipients?: readonly string[];
  readonly extraHeader?: string;
  /** Lines with CRLF between them. */
  readonly body?: string;
  /** As whom the client has logged in: by XCLIENT, for a server that allows it to that address. */
  readonly login?: string;
  readonly proxyVersion?: 1 | 2;
}

let sourcePort = 20_000;

/**
 * Offers one message as a client of that address; resolves to what the server said last.
 * @param server a port of this machine, or the path of a socket
 */
export async function offerMail(
  server: number | string,
  clientAddress: string,
  options: MailOptions = {},
): Promise<SmtpOutcome> {
  const socket = typeof server === 'number' ? connect(server, '127.0.0.1') : connect(server);
  await once(socket, 'connect');
  const lines = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const reply = async (): Promise<{ code: number; text: string }> => {
    let text = '';
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the server hung up after ${text}`);
      text += `${value}\n`;
      if (/^\d{3}(?: |$)/.test(value)) return { code: Number(value.slice(0, 3)), text };
    }
  };
  sourcePort += 1;
  const introduction = options.proxyVersion === 2 ? proxyVersion2 : proxyVersion1;
  socket.write(introduction(clientAddress, sourcePort));
  const startedAt = performance.now();
  let rcptMs = 0;
  const outcome = (at: string, { code, text }: { code: number; text: string }): SmtpOutcome => ({
    ...{ at, code, text },
    ms: performance.now() - startedAt,
    rcptMs,
  });
  try {
    const banner = await reply();
    if (banner.code !== 220) return outcome('BANNER', banner);
    const steps: readonly (readonly [string, string])[] = [
      ['EHLO', 'EHLO client.example'],
      ...(options.login === undefined
        ? []
        : ([
            ['XCLIENT', `XCLIENT LOGIN=${options.login}`],
            ['EHLO', 'EHLO client.example'],
          ] as const)),
      ['MAIL', 'MAIL FROM:<sender@client.example>'],
      ...(options.recipients ?? ['somebody@isp.example']).map((one) => ['RCPT', `RCPT TO:<${one}>`] as const),
      ['DATA', 'DATA'],
    ];
    for (const [name, command] of steps) {
      const askedAt = performance.now();
      socket.write(`${command}\r\n`);
      const answer = await reply();
      if (name === 'RCPT') rcptMs = Math.max(rcptMs, performance.now() - askedAt);
      if (answer.code >= 400) return outcome(name, answer);
    }
    socket.write(
      `From: <sender@client.example>\r\n${options.extraHeader ?? ''}Subject: hello\r\n\r\n${options.body ?? 'Good day.'}\r\n.\r\n`,
    );
    return outcome('DATA', await reply());
  } finally {
    socket.destroy();
  }
}

function proxyVersion1(address: string, port: number): string {
  const isIpv6 = address.includes(':');
  return `PROXY TCP${isIpv6 ? '6' : '4'} ${address} ${isIpv6 ? '::1' : '127.0.0.1'} ${port} 25\r\n`;
}

/** The binary form: signature, PROXY over TCP, length, then the addresses and ports of client and server. */
function proxyVersion2(address: string, port: number): Buffer {
  const { bytes } = parseIp(address);
  const own = parseIp(bytes.length === 4 ? '127.0.0.1' : '::1').bytes;
  const ports = Buffer.from([port >> 8, port & 255, 0, 25]);
  const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
  const head = Buffer.from([0x21, bytes.length === 4 ? 0x11 : 0x21, 0, 2 * bytes.length + ports.length]);
  return Buffer.concat([signature, head, bytes, own, ports]);
}
