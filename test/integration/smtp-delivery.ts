// A mail client of one message, behind the PROXY protocol (version 1).
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface SmtpOutcome {
  /** The command that had the last word: BANNER, MAIL, RCPT, DATA. */
  readonly at: string;
  readonly code: number;
  readonly text: string;
  readonly ms: number;
}

let sourcePort = 20_000;

/** Offers one message as a client of that address; resolves to what the server said last. */
export async function offerMail(
  port: number,
  clientAddress: string,
  options: { recipients?: readonly string[]; extraHeader?: string } = {},
): Promise<SmtpOutcome> {
  const socket = connect(port, '127.0.0.1');
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
  const isIpv6 = clientAddress.includes(':');
  sourcePort += 1;
  const server = isIpv6 ? '::1' : '127.0.0.1';
  socket.write(`PROXY TCP${isIpv6 ? '6' : '4'} ${clientAddress} ${server} ${sourcePort} 25\r\n`);
  const startedAt = performance.now();
  const outcome = (at: string, { code, text }: { code: number; text: string }): SmtpOutcome => ({
    ...{ at, code, text },
    ms: performance.now() - startedAt,
  });
  try {
    const banner = await reply();
    if (banner.code !== 220) return outcome('BANNER', banner);
    const steps: readonly (readonly [string, string])[] = [
      ['EHLO', 'EHLO client.example'],
      ['MAIL', 'MAIL FROM:<sender@client.example>'],
      ...(options.recipients ?? ['somebody@isp.example']).map((one) => ['RCPT', `RCPT TO:<${one}>`] as const),
      ['DATA', 'DATA'],
    ];
    for (const [name, command] of steps) {
      socket.write(`${command}\r\n`);
      const answer = await reply();
      if (answer.code >= 400) return outcome(name, answer);
    }
    socket.write(
      `From: <sender@client.example>\r\n${options.extraHeader ?? ''}Subject: hello\r\n\r\nGood day.\r\n.\r\n`,
    );
    return outcome('DATA', await reply());
  } finally {
    socket.destroy();
  }
}
