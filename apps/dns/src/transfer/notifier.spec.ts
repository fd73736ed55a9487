import { nameOfText } from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notifier } from './notifier.js';

const warn = vi.fn();
const logger = { warn } as unknown as Logger;
let secondary: Socket;
let notifier: Notifier;
let received: Uint8Array[];
let senderPort: number;

beforeEach(async () => {
  warn.mockClear();
  received = [];
  secondary = createSocket('udp4').bind(0, '127.0.0.1');
  await once(secondary, 'listening');
  secondary.on('message', (message, { port }) => {
    received.push(message);
    senderPort = port;
  });
  // Only the clock of the sender: what goes over the socket takes its own time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  notifier = new Notifier([{ host: '127.0.0.1', port: secondary.address().port }], 'z.example', logger);
});

afterEach(() => {
  notifier.close();
  secondary.close();
  vi.useRealTimers();
});

/** Lets this much time go by, and the socket deliver. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the notifier', () => {
  it('sends one message of the zone for many changes in a second', async () => {
    for (let i = 0; i < 5; i++) notifier.changed('ip');
    await pass(10);
    notifier.changed('ip');
    notifier.changed('ip');
    await pass(500);
    expect(received).toHaveLength(1);
    const message = received[0] ?? new Uint8Array();
    expect([message[2], message[5]]).toEqual([0x24, 1]);
    const name = nameOfText('ip.z.example') ?? new Uint8Array();
    expect([...message.subarray(12)]).toEqual([...name, 0, 6, 0, 1]);
    await pass(600);
    expect(received).toHaveLength(2);
  });

  it('repeats with growing pauses, five times in all, and then gives up with a warning', async () => {
    notifier.changed('ip');
    const counts: number[] = [];
    for (const ms of [10, 2_000, 4_000, 8_000, 16_000, 32_000, 100_000]) {
      await pass(ms);
      counts.push(received.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 5, 5]);
    expect(warn).toHaveBeenCalledOnce();
  });

  it('stops at an answer to its message, and at no other', async () => {
    notifier.changed('ip');
    await pass(10);
    const [message] = received;
    if (!message) throw new Error('no message');
    const reply = async (change: (bytes: Uint8Array) => void) => {
      const bytes = Uint8Array.from(message);
      bytes[2] = (bytes[2] ?? 0) | 0x80;
      change(bytes);
      await new Promise((resolve) => {
        secondary.send(bytes, senderPort, '127.0.0.1', resolve);
      });
    };
    await reply((bytes) => (bytes[0] = (bytes[0] ?? 0) ^ 1));
    await reply((bytes) => (bytes[2] = 0x24));
    await reply((bytes) => (bytes[13] = 0x78));
    await pass(2_000);
    expect(received).toHaveLength(2);
    await reply(() => undefined);
    await pass(100);
    await pass(60_000);
    expect(received).toHaveLength(2);
  });
});
