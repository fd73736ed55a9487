import { UnsecuredJWT } from 'jose';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardRoute, type GuardedSocket } from './socket-guard.js';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24) });
});
afterEach(() => {
  vi.useRealTimers();
});

class Socket extends EventEmitter implements GuardedSocket {
  readonly closes: number[] = [];
  isTerminated = false;
  close(code: number): void {
    this.closes.push(code);
  }
  terminate(): void {
    this.isTerminated = true;
    this.emit('close');
  }
  /** @returns what is left of it for others */
  send(message: unknown): string {
    const data = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
    this.emit('message', data);
    return data.toString();
  }
}

function open(): Socket {
  const served: GuardedSocket[] = [];
  const route = { wsHandler: (socket: GuardedSocket) => served.push(socket) };
  guardRoute(route, () => new Date());
  const socket = new Socket();
  route.wsHandler(socket);
  expect(served).toEqual([socket]);
  return socket;
}

const tokenUntil = (seconds: number) =>
  new UnsecuredJWT().setExpirationTime(Math.floor(Date.now() / 1_000) + seconds).encode();

describe('a socket', () => {
  it('ends when the token expires that it said who it is with', () => {
    const socket = open();
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${tokenUntil(600)}` } });
    vi.advanceTimersByTime(599_000);
    expect(socket.closes).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(socket.closes).toEqual([4403]);
    vi.advanceTimersByTime(1_000);
    expect(socket.isTerminated).toBe(true);
  });

  it('ends at once with a token that has expired, and after an hour without any', () => {
    const late = open();
    late.send({ type: 'connection_init', payload: { authorization: `Bearer ${tokenUntil(-5)}` } });
    vi.advanceTimersByTime(1);
    expect(late.closes).toEqual([4403]);
    const nobody = open();
    nobody.send({ type: 'connection_init' });
    vi.advanceTimersByTime(3_599_000);
    expect(nobody.closes).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(nobody.closes).toEqual([4403]);
  });

  it.each<[string, readonly unknown[], number]>([
    ['says who it is a second time', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['brings another credential with an operation', [{ type: 'subscribe', id: '1', extensions: [] }], 4400],
    ['sends what is no message', ['{'], 4400],
    ['sends an array', [[]], 4400],
    ['sends too much at once', [`"${'x'.repeat(20_000)}"`], 1009],
    ['floods', Array.from({ length: 121 }, () => ({ type: 'ping' })), 4429],
    [
      'begins too many operations',
      Array.from({ length: 33 }, (_, i) => ({ type: 'subscribe', id: String(i) })),
      4429,
    ],
  ])('that %s is closed', (_case, messages, code) => {
    const socket = open();
    const left = messages.map((message) => socket.send(message)).at(-1);
    expect(socket.closes).toEqual([code]);
    // Nobody works on what was refused.
    expect(left?.trim()).toBe('');
  });

  it('may begin as many operations as it ends', () => {
    const socket = open();
    for (let i = 0; i < 50; i++) {
      socket.send({ type: 'subscribe', id: String(i) });
      socket.send({ type: 'complete', id: String(i) });
    }
    expect(socket.closes).toEqual([]);
  });

  it('that says nothing is closed after 10 seconds', () => {
    const socket = open();
    vi.advanceTimersByTime(10_000);
    expect(socket.closes).toEqual([4408]);
  });
});
