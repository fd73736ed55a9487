// Sockets of the hot workers: socket(7), udp(7), ipv6(7). All are bound to one address with SO_REUSEPORT; the kernel
// spreads the clients over them.
import type { ListenAddress } from '@sekisho/config';
import type { Libc } from './libc.js';
import { ADDRESS_BYTES, AF_INET, AF_INET6, decodeAddress, encodeAddress } from './socket-address.js';

const SOCK_DGRAM_CLOEXEC = 0x8_0002;
const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
// A burst from a busy mail server waits here; the kernel gives what it allows.
const BUFFER_BYTES = 4 * 1024 * 1024;
/** How long a worker can sleep before it looks whether it has to stop. */
const RECEIVE_TIMEOUT_MICROSECONDS = 50_000;
const ERRORS: Readonly<Record<number, string>> = {
  1: 'EPERM',
  13: 'EACCES',
  97: 'EAFNOSUPPORT',
  98: 'EADDRINUSE',
  99: 'EADDRNOTAVAIL',
};

/** The descriptor of a bound socket. @throws an error with the system's code, as Node's own sockets do */
export function openSocket(libc: Libc, { host, port }: ListenAddress): number {
  const address = encodeAddress(host, port);
  const fd = libc.socket(host.includes(':') ? AF_INET6 : AF_INET, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) throw systemError(libc, 'socket');
  const set = (option: number, value: Uint8Array) =>
    libc.setsockopt(fd, SOL_SOCKET, option, value, value.length);
  const isBound =
    set(SO_REUSEPORT, integer(1)) === 0 &&
    set(SO_RCVTIMEO, timeval(RECEIVE_TIMEOUT_MICROSECONDS)) === 0 &&
    set(SO_RCVBUF, integer(BUFFER_BYTES)) === 0 &&
    set(SO_SNDBUF, integer(BUFFER_BYTES)) === 0 &&
    libc.bind(fd, address, address.length) === 0;
  if (isBound) return fd;
  const error = systemError(libc, 'bind');
  libc.close(fd);
  throw error;
}

/** The port that a bound socket got. */
export function portOf(libc: Libc, fd: number): number {
  const address = new Uint8Array(ADDRESS_BYTES);
  if (libc.getsockname(fd, address, Uint32Array.of(ADDRESS_BYTES)) < 0)
    throw systemError(libc, 'getsockname');
  return decodeAddress(address).port;
}

function integer(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function timeval(microseconds: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(8, microseconds, true);
  return bytes;
}

function systemError(libc: Libc, syscall: string): Error {
  const errno = libc.errno();
  const code = ERRORS[errno] ?? `errno ${errno}`;
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
