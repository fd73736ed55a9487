// The same libsodium as the WebAssembly one, as the system's package manager keeps it: its machine code needs 0.4 of the time.
import type { ElementArithmetic } from '@sekisho/oprf';
import koffi from 'koffi';

/** Names under which systems have libsodium: Debian to 13 and others with 1.0.18; 1.0.19 and later; macOS. */
const NAMES = ['libsodium.so.23', 'libsodium.so.26', 'libsodium.dylib'];
const BYTES = 32;

type Call = (...buffers: readonly Uint8Array[]) => number;

/** The system's libsodium, or undefined where there is none with ristretto255 (1.0.18 and later). */
export function nativeElements(names: readonly string[] = NAMES): ElementArithmetic | undefined {
  for (const name of names) {
    try {
      return elementsOf(koffi.load(name));
    } catch {
      // Not on this machine, or too old: the next name.
    }
  }
  return undefined;
}

function elementsOf(library: ReturnType<typeof koffi.load>): ElementArithmetic {
  const call = (name: string, buffers: number): Call =>
    library.func(`int ${name}(${Array<string>(buffers).fill('void *').join(', ')})`) as Call;
  // Detects what the processor can do; 1 when somebody did so before.
  if (call('sodium_init', 0)() < 0) throw new Error('libsodium does not start');
  const isPoint = call('crypto_core_ristretto255_is_valid_point', 1);
  const fromHash = call('crypto_core_ristretto255_from_hash', 2);
  const add = call('crypto_core_ristretto255_add', 3);
  const multiply = call('crypto_scalarmult_ristretto255', 3);
  const multiplyGenerator = call('crypto_scalarmult_ristretto255_base', 2);
  const into = (operation: Call, ...operands: readonly Uint8Array[]): Uint8Array => {
    const result = new Uint8Array(BYTES);
    if (operation(result, ...operands) !== 0) throw new Error('libsodium refused an element or a scalar');
    return result;
  };
  return {
    isElement: (bytes) => isPoint(bytes) === 1,
    fromHash: (hash) => into(fromHash, hash),
    add: (a, b) => into(add, a, b),
    multiply: (scalar, element) => into(multiply, scalar, element),
    multiplyGenerator: (scalar) => into(multiplyGenerator, scalar),
  };
}
