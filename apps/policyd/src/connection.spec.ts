import type { PolicyRequest } from '@sekisho/policy';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serveConnection } from './connection.js';

/** As a socket of Node is filled and read from; what is written is kept. */
class FakeSocket extends Duplex {
  written = '';

  constructor() {
    super({ allowHalfOpen: true, decodeStrings: false });
  }

  override _read(): void {
    // It is given what comes, as by the system.
  }

  override _write(chunk: string, _: BufferEncoding, done: () => void): void {
    this.written += chunk;
    done();
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }

  comes(text: string): void {
    this.push(Buffer.from(text));
  }
}

const questionOf = (address: string) => `request=smtpd_access_policy\nclient_address=${address}\n\n`;

function serve(answer: (request: PolicyRequest) => string | Promise<string>) {
  const socket = new FakeSocket();
  const malformed: string[] = [];
  serveConnection(socket, { answer, onMalformed: (reason) => malformed.push(reason) });
  return { socket, malformed };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('serveConnection', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('answers in the order of the questions, also those whose answer is known before', async () => {
    let tell: (text: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => (tell = resolve));
    const { socket } = serve(({ clientAddress }) =>
      clientAddress === 'slow' ? slow : (clientAddress ?? ''),
    );
    socket.comes(questionOf('first') + questionOf('slow') + questionOf('third'));
    socket.comes(questionOf('fourth'));
    await settled();
    expect(socket.written).toBe('action=first\n\n');
    tell('second');
    await settled();
    expect(socket.written).toBe('action=first\n\naction=second\n\naction=third\n\naction=fourth\n\n');
  });

  it('asks in the order in which it came, also what came while a thousand questions were open', async () => {
    const asked: string[] = [];
    const tell: (() => void)[] = [];
    const { socket } = serve(({ clientAddress = '' }) => {
      asked.push(clientAddress);
      return new Promise<string>((resolve) =>
        tell.push(() => {
          resolve('DUNNO');
        }),
      );
    });
    await settled();
    const names = Array.from({ length: 1_020 }, (_, i) => `n${i}`);
    socket.comes(names.slice(0, 1_000).map(questionOf).join(''));
    expect(socket.isPaused()).toBe(true);
    for (const name of names.slice(1_000, 1_010)) socket.comes(questionOf(name));
    await settled();
    expect(asked).toHaveLength(1_000);
    tell[0]?.();
    // What is queued is read again on the next turn, and more comes before that.
    while (socket.isPaused()) await Promise.resolve();
    for (const name of names.slice(1_010)) socket.comes(questionOf(name));
    for (let i = 1; i < names.length; i++) {
      await settled();
      tell[i]?.();
    }
    await settled();
    expect(asked).toEqual(names);
    expect(socket.written).toBe('action=DUNNO\n\n'.repeat(names.length));
  });

  it('closes without an answer to what is no question, when those before it are answered', async () => {
    let tell: (text: string) => void = () => undefined;
    const { socket, malformed } = serve(() => new Promise<string>((resolve) => (tell = resolve)));
    socket.comes(`${questionOf('203.0.113.9')}junk\n\n`);
    socket.comes(questionOf('203.0.113.10'));
    await settled();
    expect(malformed).toHaveLength(1);
    expect(socket.destroyed).toBe(false);
    tell('DUNNO');
    await settled();
    expect(socket.written).toBe('action=DUNNO\n\n');
    expect(socket.destroyed).toBe(true);
  });

  it('answers who has closed the half of its connection, and closes then', async () => {
    const { socket } = serve(() => 'DUNNO');
    socket.comes(questionOf('203.0.113.9'));
    socket.push(null);
    await settled();
    expect(socket.written).toBe('action=DUNNO\n\n');
    expect(socket.destroyed).toBe(true);
  });

  it('ends a connection that is silent for ten minutes, and none that asks', () => {
    vi.useFakeTimers();
    const { socket: silent } = serve(() => 'DUNNO');
    const { socket: busy } = serve(() => 'DUNNO');
    for (let minute = 0; minute < 30; minute++) {
      expect(silent.destroyed).toBe(minute > 10);
      if (minute % 5 === 0) busy.comes(questionOf('203.0.113.9'));
      vi.advanceTimersByTime(60_000);
    }
    expect(busy.destroyed).toBe(false);
  });
});
