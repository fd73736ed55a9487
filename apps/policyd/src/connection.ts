import { RequestMalformed, RequestReader, type PolicyRequest } from '@sekisho/policy';
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

/** Answers one connection's requests in their order, however they are answered. */
export function serveConnection(socket: Socket, { answer, onMalformed }: ConnectionOptions): void {
  const reader = new RequestReader();
  /** Answers in the order of the questions; undefined: not known yet. */
  const waiting: { text: string | undefined }[] = [];
  let isRefused = false;
  const flush = () => {
    let ready = '';
    while (waiting[0]?.text !== undefined) ready += `action=${waiting.shift()?.text ?? ''}\n\n`;
    if (ready !== '' && !socket.destroyed) socket.write(ready);
    if (isRefused) {
      // SMTPD_POLICY_README: in case of trouble close without an answer. What was asked before it gets its own.
      if (waiting.length === 0) socket.destroySoon();
    } else if (socket.isPaused() && waiting.length < MAX_WAITING && !socket.writableNeedDrain)
      socket.resume();
  };
  socket.setTimeout(IDLE_MS, () => {
    socket.destroy();
  });
  socket.on('drain', flush);
  // A mail server that goes away mid-request is its own business.
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (isRefused) return;
    try {
      for (const request of reader.push(chunk)) {
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
