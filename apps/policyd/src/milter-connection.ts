import { LIMITS } from '@sekisho/evidence';
import { MilterMalformed, milterPacket, MilterReader, milterStrings, negotiate } from '@sekisho/policy';
import type { Socket } from 'node:net';

export interface MilterOptions {
  /** The SMTP answer to a message, or undefined to accept it. The promise never rejects. */
  readonly judge: (message: Uint8Array, login: string | undefined) => Promise<string | undefined>;
  readonly onMalformed: (reason: string) => void;
}

/** Above what a mail server keeps a session for. */
const IDLE_MS = 600_000;
const LOGIN = '{auth_authen}';
const CONTINUE = milterPacket('c');

/** One message on its way. */
class Draft {
  private readonly pieces: Uint8Array[] = [];
  private length = 0;
  login: string | undefined;

  /** Beyond what is read of one message nothing is kept. */
  add(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, LIMITS.messageBytes - this.length);
    if (kept.length > 0) this.pieces.push(kept);
    this.length += kept.length;
  }

  get message(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}

/** Serves one session of a mail server, which may bring many messages. */
export function serveMilter(socket: Socket, { judge, onMalformed }: MilterOptions): void {
  const reader = new MilterReader();
  let awaits: (command: string) => boolean = () => true;
  let draft = new Draft();
  const take = async (command: string, data: Uint8Array): Promise<Uint8Array | undefined> => {
    switch (command) {
      case 'O': {
        const negotiated = negotiate(data);
        ({ awaits } = negotiated);
        return negotiated.reply;
      }
      case 'D': {
        // The command that they are for, then names and values by turns.
        const macros = milterStrings(data.subarray(1));
        const at = macros.findIndex((name, i) => i % 2 === 0 && name === LOGIN);
        if (at >= 0) draft.login = Buffer.from(macros[at + 1] ?? '', 'latin1').toString();
        return undefined;
      }
      case 'L': {
        const [name = '', value = ''] = milterStrings(data);
        draft.add(Buffer.from(`${name}: ${value.replace(/\r?\n/g, '\r\n')}\r\n`, 'latin1'));
        break;
      }
      case 'N':
        draft.add(Buffer.from('\r\n'));
        break;
      case 'B':
        draft.add(data);
        break;
      case 'E': {
        draft.add(data);
        const { message, login } = draft;
        draft = new Draft();
        const text = await judge(message, login);
        return text === undefined ? CONTINUE : milterPacket('y', Buffer.from(`${text}\0`));
      }
      case 'A':
      case 'K':
        draft = new Draft();
        return undefined;
      case 'Q':
        socket.end();
        return undefined;
    }
    return awaits(command) ? CONTINUE : undefined;
  };
  let work = Promise.resolve();
  socket.setTimeout(IDLE_MS, () => {
    socket.destroy();
  });
  // A mail server that leaves in the middle of a message gets no answer to it.
  socket.on('end', () => {
    socket.end();
  });
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    // In their order, and no more is read while a message is judged.
    socket.pause();
    work = work
      .then(async () => {
        for (const { command, data } of reader.push(chunk)) {
          const reply = await take(command, data);
          if (reply && !socket.destroyed) socket.write(reply);
        }
        socket.resume();
      })
      .catch((error: unknown) => {
        onMalformed(error instanceof MilterMalformed ? error.message : String(error));
        socket.destroy();
      });
  });
}
