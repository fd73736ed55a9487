import {
  MapRequestReader,
  mapReply,
  RequestMalformed,
  RequestReader,
  type PolicyRequest,
} from '@sekisho/policy';
import type { Socket } from 'node:net';

/** Above what Postfix keeps an idle connection for (smtpd_policy_service_max_idle, 300 s). */
const IDLE_MS = 600_000;
/** Questions of one connection that are not answered yet; then it is not read until they are. */
const MAX_WAITING = 1_000;

export interface ConnectionOptions {
  /** The value of `action=`; the promise never rejects. */
  readonly answer: (request: PolicyRequest) => string | Promise<string>;
  readonly onMalformed: (reason: string) => void;
}

interface Protocol {
  readonly reader: { push(chunk: Uint8Array): Iterable<PolicyRequest> };
  readonly reply: (text: string) => string;
}

const delegation = (): Protocol => ({ reader: new RequestReader(), reply: (text) => `action=${text}\n\n` });
const socketMap = (): Protocol => ({ reader: new MapRequestReader(), reply: mapReply });

/** Names of Postfix's attributes begin with a letter, netstrings with a digit: a connection says by its first octet what it speaks. */
const protocolOf = (chunk: Uint8Array): Protocol =>
  (chunk[0] ?? 0) >= 0x30 && (chunk[0] ?? 0) <= 0x39 ? socketMap() : delegation();

/** Answers one connection's requests in their order, however they are answered. */
export function serveConnection(socket: Socket, { answer, onMalformed }: ConnectionOptions): void {
  let protocol: Protocol | undefined;
  /** Answers in the order of the questions; undefined: not known yet. */
  const waiting: { text: string | undefined }[] = [];
  let isRefused = false;
  let isHalfClosed = false;
  const flush = () => {
    let ready = '';
    while (waiting[0]?.text !== undefined) ready += protocol?.reply(waiting.shift()?.text ?? '') ?? '';
    if (ready !== '' && !socket.destroyed) socket.write(ready);
    if (isRefused || isHalfClosed) {
      // SMTPD_POLICY_README: in case of trouble close without an answer. What was asked before it gets its own.
      if (waiting.length === 0) socket.destroySoon();
    } else if (socket.isPaused() && waiting.length < MAX_WAITING && !socket.writableNeedDrain)
      socket.resume();
  };
  socket.setTimeout(IDLE_MS, () => {
    socket.destroy();
  });
  socket.on('drain', flush);
  // Exim says by this that it has asked all; it waits for the answer.
  socket.on('end', () => {
    isHalfClosed = true;
    flush();
  });
  // A mail server that goes away mid-request is its own business.
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (isRefused) return;
    try {
      protocol ??= protocolOf(chunk);
      for (const request of protocol.reader.push(chunk)) {
        const slot: { text: string | undefined } = { text: undefined };
        waiting.push(slot);
        const text = answer(request);
        if (typeof text === 'string') slot.text = text;
        else {
          void text.then((value) => {
            slot.text = value;
            flush();
          });
        }
      }
    } catch (error) {
      if (!(error instanceof RequestMalformed)) throw error;
      onMalformed(error.message);
      isRefused = true;
      socket.pause();
    }
    flush();
    if (waiting.length >= MAX_WAITING || socket.writableNeedDrain) socket.pause();
  });
}
