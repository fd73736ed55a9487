// The system calls of batched UDP, by way of koffi: socket(2), bind(2), setsockopt(2), recvmmsg(2), sendmmsg(2).
// Constants and structures are those of Linux on 64-bit little-endian machines (x86-64, AArch64).

export const EAGAIN = 11;
export const EINTR = 4;
export const ECONNREFUSED = 111;
/** Return as soon as one message is there, with all that are (recvmmsg(2)). */
export const MSG_WAITFORONE = 0x1_0000;

export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number;
  close(fd: number): number;
  sendto(
    fd: number,
    bytes: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number;
  /** `headers` is an address. */
  recvmmsg(fd: number, headers: bigint, count: number, flags: number, timeout: null): number;
  sendmmsg(fd: number, headers: bigint, count: number, flags: number): number;
  /** Memory that never moves, zeroed, for the life of the process. */
  allocate(bytes: number): { readonly address: bigint; readonly buffer: ArrayBuffer };
  errno(): number;
}

/** @throws what says why batched system calls are not available here */
export async function loadLibc(): Promise<Libc> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      `batched UDP needs Linux on x64 or arm64, this is ${process.platform} on ${process.arch}`,
    );
  }
  const { default: koffi } = await import('koffi');
  const library = koffi.load(null);
  const call = (declaration: string) => library.func(declaration) as (...args: readonly unknown[]) => number;
  return {
    socket: call('int socket(int, int, int)'),
    bind: call('int bind(int, void *, uint32_t)'),
    getsockname: call('int getsockname(int, void *, void *)'),
    setsockopt: call('int setsockopt(int, int, int, void *, uint32_t)'),
    close: call('int close(int)'),
    sendto: call('long sendto(int, void *, size_t, int, void *, uint32_t)'),
    recvmmsg: call('int recvmmsg(int, void *, uint, int, void *)'),
    sendmmsg: call('int sendmmsg(int, void *, uint, int)'),
    allocate: (bytes) => {
      const memory: unknown = koffi.alloc('uint8_t', bytes);
      const buffer = koffi.view(memory, bytes);
      new Uint8Array(buffer).fill(0);
      return { address: koffi.address(memory), buffer };
    },
    errno: () => koffi.errno(),
  };
}
