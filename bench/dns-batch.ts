// recvmmsg(2) and sendmmsg(2) for the programs of this folder: the load generator and the floor.
import koffi from 'koffi';

export const BATCH = 64;
export const STRIDE = 576;
export const HEADER_WORDS = 16;
export const MSG_WAITFORONE = 0x1_0000;
const NAME_BYTES = 16;

const libc = koffi.load(null);
type Call = (...args: readonly unknown[]) => number;
export const socket = libc.func('int socket(int, int, int)') as Call;
export const bind = libc.func('int bind(int, void *, uint32_t)') as Call;
export const connect = libc.func('int connect(int, void *, uint32_t)') as Call;
export const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)') as Call;
export const recvmmsg = libc.func('int recvmmsg(int, void *, uint, int, void *)') as Call;
export const sendmmsg = libc.func('int sendmmsg(int, void *, uint, int)') as Call;
export const close = libc.func('int close(int)') as Call;
export const errno = (): number => koffi.errno();

function allocate(bytes: number): { address: bigint; buffer: ArrayBuffer } {
  const memory: unknown = koffi.alloc('uint8_t', bytes);
  const buffer = koffi.view(memory, bytes);
  new Uint8Array(buffer).fill(0);
  return { address: koffi.address(memory), buffer };
}

/** Buffers for a batch: the kernel's headers over STRIDE octets each; with `hasNames` also over an IPv4 address each. */
export class Batch {
  readonly bytes: Uint8Array;
  readonly headers: Uint32Array;
  readonly vectors: Uint32Array;
  readonly address: bigint;

  constructor(hasNames = false) {
    const data = allocate(BATCH * STRIDE);
    const headers = allocate(BATCH * HEADER_WORDS * 4);
    const vectors = allocate(BATCH * 16);
    const names = allocate(BATCH * NAME_BYTES);
    this.bytes = new Uint8Array(data.buffer);
    this.headers = new Uint32Array(headers.buffer);
    this.vectors = new Uint32Array(vectors.buffer);
    this.address = headers.address;
    const headerWords = new BigUint64Array(headers.buffer);
    const vectorWords = new BigUint64Array(vectors.buffer);
    for (let i = 0; i < BATCH; i++) {
      if (hasNames) {
        headerWords[i * 8] = names.address + BigInt(i * NAME_BYTES);
        headerWords[i * 8 + 1] = BigInt(NAME_BYTES);
      }
      headerWords[i * 8 + 2] = vectors.address + BigInt(i * 16);
      headerWords[i * 8 + 3] = 1n;
      vectorWords[i * 2] = data.address + BigInt(i * STRIDE);
      vectorWords[i * 2 + 1] = BigInt(STRIDE);
    }
  }
}
