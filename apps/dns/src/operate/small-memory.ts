// Imported before all else, because what is read while the program is loaded counts already.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// V8's space for young objects stays at the size that it starts with. An edge makes next to none per query; what it makes
// while it loads would otherwise enlarge that space for good, by some 30 MB.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--expose-gc');

/** malloc_trim(3); does nothing where there is none. */
const trimHeap = isMainThread ? await returnFreedMemory() : () => 0;

/**
 * Makes the C library give large arrays back to the system as soon as they are freed. By itself it keeps them in arenas,
 * one for each thread: 40 data files read one after another left 240 MB resident (mallopt(3)).
 */
async function returnFreedMemory(): Promise<() => number> {
  const MMAP_THRESHOLD = -3;
  const ARENA_MAX = -8;
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    const set = libc.func('int mallopt(int, int)') as (parameter: number, value: number) => number;
    set(MMAP_THRESHOLD, 128 * 1024);
    set(ARENA_MAX, 2);
    const trim = libc.func('int malloc_trim(size_t)') as (keptBytes: number) => number;
    return () => trim(0);
  } catch {
    // Another C library, or no koffi for this machine: it takes more memory, and answers the same.
    return () => 0;
  }
}

/** When what was loaded has become garbage: files written, messages to other threads taken. */
const SETTLED_MS = 1_000;
/** What the compiler of the hot path freed, some 6 MB in the first seconds under load, otherwise stays for months. */
const TRIM_MS = 30_000;

let timer: NodeJS.Timeout | undefined;
let trimming: NodeJS.Timeout | undefined;
let isDueAgain = false;

/**
 * Collects garbage a second from now, a pause of some 10 ms: V8 waits until something allocates, an edge rarely does.
 * Calls meanwhile put nothing off; they lead to one more collection.
 */
export function giveMemoryBack(): void {
  isDueAgain = timer !== undefined;
  trimming ??= setInterval(trimHeap, TRIM_MS).unref();
  timer ??= setTimeout(() => {
    timer = undefined;
    collectGarbage();
    trimHeap();
    if (isDueAgain) giveMemoryBack();
  }, SETTLED_MS).unref();
}

/** At once, in the thread that calls: what V8 does when memory runs out, so that what only the start needed goes too. */
export function collectGarbage(): void {
  // Only a context that is made after the flag was set has the function.
  runInNewContext("globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })");
}
