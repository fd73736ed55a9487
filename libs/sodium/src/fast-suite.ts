import { loadSuite, type Suite } from '@sekisho/oprf';
import { nativeElements } from './native-elements.js';

export interface FastSuite {
  readonly suite: Suite;
  /** What computes: the system's libsodium, or the WebAssembly one where the system has none. */
  readonly arithmetic: 'native' | 'wasm';
}

/** The suite on the fastest arithmetic of this machine. Both give the same octets. @throws {OprfError} arithmetic-unfit */
export async function loadFastSuite(): Promise<FastSuite> {
  const native = nativeElements();
  return { suite: await loadSuite(native), arithmetic: native ? 'native' : 'wasm' };
}
