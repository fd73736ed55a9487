// Imported before all else, because what is read while the program is loaded counts already.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8's space for young objects stays at the size that it starts with. An edge makes next to none per query; what it makes
// while it loads would otherwise enlarge that space for good, by some 30 MB.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--expose-gc');

/** When what was loaded has become garbage: files written, messages to other threads taken. */
const SETTLED_MS = 1_000;

let timer: NodeJS.Timeout | undefined;

/** Collects garbage a second from now, a pause of some 10 ms: V8 waits until something allocates, an edge rarely does. */
export function giveMemoryBack(): void {
  clearTimeout(timer);
  timer = setTimeout(collect, SETTLED_MS);
  timer.unref();
}

function collect(): void {
  // Only a context that is made after the flag was set has the function.
  runInNewContext('globalThis.gc?.()');
}
