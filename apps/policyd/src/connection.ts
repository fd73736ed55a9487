import {
  MapRequestReader,
  mapReply,
  RequestMalformed,
  RequestReader,
  type PolicyRequest,
} from '@sekisho/policy';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Above what Postfix keeps an idle connection for (smtpd_policy_service_max_idle, 300 s); a tenth more at most. */
const IDLE_MS = 600_000;
const IDLE_PERIODS = 10;
/** Questions of one connection that are not answered yet; then it is not read until they are. */
const MAX_WAITING = 1_000;

export interface ConnectionOptions {
  /** The value of `action=`; the promise never rejects. */
  readonly answer: (request: PolicyRequest) => string | Promise<string>;
  readonly onMalformed: (reason: string) => void;
}

type Connection = Duplex & Pick<Socket, 'destroySoon'>;

interface Protocol {
  readonly reader: { push(chunk: Uint8Array, take: (request: PolicyRequest) => void): void };
  readonly reply: (text: string) => string;
}

const delegation = (): Protocol => ({ reader: new RequestReader(), reply: (text) => `action=${text}\n\n` });
const socketMap = (): Protocol => ({ reader: new MapRequestReader(), reply: mapReply });

/** Names of Postfix's attributes begin with a letter, netstrings with a digit: a connection says by its first octet what it speaks. */
const protocolOf = (chunk: Uint8Array): Protocol =>
  (chunk[0] ?? 0) >= 0x30 && (chunk[0] ?? 0) <= 0x39 ? socketMap() : delegation();

/** Answers one connection's requests in their order, however they are answered. */
export function serveConnection(socket: Connection, { answer, onMalformed }: ConnectionOptions): void {
  let protocol: Protocol | undefined;
  /** Replies that can be sent. */
  let ready = '';
  /** Answers that come after them, in the order of the questions; undefined: not known yet. */
  const waiting: { text: string | undefined }[] = [];
  let isRefused = false;
  let isHalfClosed = false;
  let quietPeriods = 0;
  const take = (request: PolicyRequest) => {
    const text = answer(request);
    if (typeof text !== 'string') {
      const slot: { text: string | undefined } = { text: undefined };
      waiting.push(slot);
      void text.then((value) => {
        slot.text = value;
        flush();
      });
    } else if (waiting.length > 0) waiting.push({ text });
    else ready += protocol?.reply(text) ?? '';
  };
  const flush = () => {
    while (waiting[0]?.text !== undefined) ready += protocol?.reply(waiting.shift()?.text ?? '') ?? '';
    if (ready !== '') {
      if (!socket.destroyed) socket.write(ready);
      ready = '';
    }
    if (isRefused || isHalfClosed) {
      // SMTPD_POLICY_README: in case of trouble close without an answer. What was asked before it gets its own.
      if (waiting.length === 0) socket.destroySoon();
    } else if (waiting.length >= MAX_WAITING || socket.writableNeedDrain) socket.pause();
    else if (socket.isPaused()) socket.resume();
  };
  // Not socket.setTimeout(), which sets its timer anew at each read and each write.
  const idle = setInterval(() => {
    if (++quietPeriods > IDLE_PERIODS) socket.destroy();
  }, IDLE_MS / IDLE_PERIODS).unref();
  socket.once('close', () => {
    clearInterval(idle);
  });
  socket.on('drain', flush);
  // Exim says by this that it has asked all; it waits for the answer.
  socket.on('end', () => {
    isHalfClosed = true;
    flush();
  });
  // A mail server that goes away mid-request is its own business.
  socket.on('error', () => undefined);
  const read = (chunk: Uint8Array) => {
    if (isRefused) return;
    quietPeriods = 0;
    try {
      protocol ??= protocolOf(chunk);
      protocol.reader.push(chunk, take);
    } catch (error) {
      if (!(error instanceof RequestMalformed)) throw error;
      onMalformed(error.message);
      isRefused = true;
      socket.pause();
    }
    flush();
  };
  readDirectly(socket, read);
}

/**
 * Gives what comes to `read` at once. Node hands what a socket got to push(), the method by which any readable stream is filled; its
 * queue and its events are for readers that cannot take it, and cost a tenth of a decision. What comes while the socket
 * is paused is queued, and all would be if Node filled its sockets in another way.
 */
function readDirectly(socket: Connection, read: (chunk: Uint8Array) => void): void {
  const queue = socket.push.bind(socket);
  socket.push = (chunk: Uint8Array | null) => {
    if (chunk === null || !socket.readableFlowing || socket.readableLength > 0) return queue(chunk);
    read(chunk);
    return true;
  };
  socket.on('data', read);
}
