import { expect, it } from 'vitest';
import type { Platform } from '../platform/platform.js';
import { asTold, Feed } from './feed.js';

/** What it announces itself; the database has no part in these tests. */
class Numbers extends Feed<number> {
  constructor() {
    super({} as Platform, 'sekisho_zones');
  }
  protected follow(): Promise<void> {
    return Promise.resolve();
  }
  get isHeard(): boolean {
    return this.hasListeners();
  }
  say(number: number): void {
    this.tell(number);
  }
  lose(): void {
    this.endAll();
  }
  hear(isWelcome = () => Promise.resolve(true), show: (number: number) => unknown = asTold) {
    return this.listen(isWelcome, show);
  }
}

const END = { done: true, value: undefined };

it('listens from the moment of the subscription on, and shows each item in its order', async () => {
  const numbers = new Numbers();
  const heard = numbers.hear(undefined, (number) => Promise.resolve(`${String(number)}!`));
  numbers.say(1);
  numbers.say(2);
  expect([await heard.next(), await heard.next()]).toEqual([
    { done: false, value: '1!' },
    { done: false, value: '2!' },
  ]);
});

it('stops listening when the subscriber goes, though nothing has been told meanwhile', async () => {
  const numbers = new Numbers();
  const heard = numbers.hear();
  const next = heard.next();
  expect(numbers.isHeard).toBe(true);
  expect(await heard.return?.()).toEqual(END);
  expect(numbers.isHeard).toBe(false);
  expect(await next).toEqual(END);
});

it('tells nothing to who is not welcome any more, and stops listening', async () => {
  const numbers = new Numbers();
  const heard = numbers.hear(() => Promise.resolve(false));
  numbers.say(1);
  expect(await heard.next()).toEqual(END);
  expect(numbers.isHeard).toBe(false);
});

it('ends, and does not fail, when something may have been missed; who subscribes again is heard', async () => {
  const numbers = new Numbers();
  const next = numbers.hear().next();
  numbers.lose();
  expect(await next).toEqual(END);
  expect(numbers.isHeard).toBe(false);
  const again = numbers.hear();
  numbers.say(3);
  expect(await again.next()).toEqual({ done: false, value: 3 });
});

it('fails when an item cannot be shown', async () => {
  const numbers = new Numbers();
  const heard = numbers.hear(undefined, () => Promise.reject(new Error('no database')));
  numbers.say(1);
  await expect(heard.next()).rejects.toThrow('no database');
  expect(numbers.isHeard).toBe(false);
});
