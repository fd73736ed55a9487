/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// Many datagrams in one system call: recvmmsg(2), sendmmsg(2). The kernel's structures are laid out once in memory that
// does not move; per datagram only lengths are written.
import { EAGAIN, ECONNREFUSED, EINTR, MSG_WAITFORONE, type Libc } from './libc.js';
import { ADDRESS_BYTES } from './socket-address.js';

/** Datagrams in one system call: more gain nothing here, the call's own cost is a few per cent by then. */
const BATCH = 64;
// A query is some 80 octets; one that is longer than this comes cut off and is refused as malformed.
const DATAGRAM_BYTES = 4096;
// Not a power of two, or the beginnings of all datagrams would compete for the same lines of the cache.
const STRIDE = DATAGRAM_BYTES + 192;
// struct mmsghdr: msg_name 0, msg_namelen 8, msg_iov 16, msg_iovlen 24, msg_control 32, 40, msg_flags 48, msg_len 56.
const HEADER_BYTES = 64;
const IOVEC_BYTES = 16;

/** One socket, one batch: receive, look at each datagram in place, keep those that go back, send. */
export class UdpBatch {
  /** All datagrams, one after the other. */
  readonly bytes: Uint8Array;
  /** Datagrams that could not be sent. */
  unsent = 0;
  private readonly receiveHeaders: Uint32Array;
  private readonly sendHeaders: Uint32Array;
  private readonly sendVectors: Uint32Array;
  /** A sockaddr of each datagram's sender, see addressOf. */
  readonly addresses: Uint8Array;
  private readonly receiveAt: bigint;
  private readonly sendAt: bigint;
  private readonly data: Pointer;
  private readonly names: Pointer;
  private kept = 0;

  constructor(
    private readonly libc: Libc,
    private readonly fd: number,
  ) {
    const data = libc.allocate(BATCH * STRIDE);
    const receive = libc.allocate(BATCH * HEADER_BYTES);
    const send = libc.allocate(BATCH * HEADER_BYTES);
    const receiveVectors = libc.allocate(BATCH * IOVEC_BYTES);
    const sendVectors = libc.allocate(BATCH * IOVEC_BYTES);
    const addresses = libc.allocate(BATCH * ADDRESS_BYTES);
    this.bytes = new Uint8Array(data.buffer);
    this.receiveHeaders = new Uint32Array(receive.buffer);
    this.sendHeaders = new Uint32Array(send.buffer);
    this.sendVectors = new Uint32Array(sendVectors.buffer);
    this.addresses = new Uint8Array(addresses.buffer);
    this.receiveAt = receive.address;
    this.sendAt = send.address;
    this.data = halvesOf(data.address);
    this.names = halvesOf(addresses.address);
    const receiveWords = new BigUint64Array(receive.buffer);
    const sendWords = new BigUint64Array(send.buffer);
    const vectorWords = new BigUint64Array(receiveVectors.buffer);
    for (let i = 0; i < BATCH; i++) {
      const word = i * (HEADER_BYTES / 8);
      receiveWords[word] = addresses.address + BigInt(i * ADDRESS_BYTES);
      receiveWords[word + 1] = BigInt(ADDRESS_BYTES);
      receiveWords[word + 2] = receiveVectors.address + BigInt(i * IOVEC_BYTES);
      receiveWords[word + 3] = 1n;
      vectorWords[i * 2] = data.address + BigInt(i * STRIDE);
      vectorWords[i * 2 + 1] = BigInt(DATAGRAM_BYTES);
      sendWords[word + 2] = sendVectors.address + BigInt(i * IOVEC_BYTES);
      sendWords[word + 3] = 1n;
    }
  }

  /**
   * Waits for datagrams, at most the socket's receive timeout; how many came.
   * @throws when the socket cannot be read any more
   */
  receive(): number {
    this.kept = 0;
    const count = this.libc.recvmmsg(this.fd, this.receiveAt, BATCH, MSG_WAITFORONE, null);
    if (count >= 0) return count;
    const errno = this.libc.errno();
    if (errno === EAGAIN || errno === EINTR || errno === ECONNREFUSED) return 0;
    throw new Error(`recvmmsg failed with errno ${errno}`);
  }

  /** Where the i-th datagram begins in `bytes`. */
  startOf(i: number): number {
    return i * STRIDE;
  }

  /** Where the sender of the i-th datagram stands in `addresses`. */
  addressOf(i: number): number {
    return i * ADDRESS_BYTES;
  }

  lengthOf(i: number): number {
    return this.receiveHeaders[i * 16 + 14]!;
  }

  /** Sends the first `length` octets of the i-th datagram back to where it came from, with the next `send`. */
  keep(i: number, length: number): void {
    const to = this.kept++;
    const { sendHeaders, sendVectors } = this;
    writePointer(sendHeaders, to * 16, this.names, i * ADDRESS_BYTES);
    sendHeaders[to * 16 + 2] = this.receiveHeaders[i * 16 + 2]!;
    writePointer(sendVectors, to * 4, this.data, i * STRIDE);
    sendVectors[to * 4 + 2] = length;
  }

  /** A copy of the sender's address and the datagram: ADDRESS_BYTES, then the rest. */
  copyOf(i: number): Uint8Array {
    const length = this.lengthOf(i);
    const copy = new Uint8Array(ADDRESS_BYTES + length);
    copy.set(this.addresses.subarray(i * ADDRESS_BYTES, (i + 1) * ADDRESS_BYTES));
    copy.set(this.bytes.subarray(i * STRIDE, i * STRIDE + length), ADDRESS_BYTES);
    return copy;
  }

  /** Sends all that was kept. A datagram that the kernel refuses is left out. */
  send(): void {
    for (let done = 0; done < this.kept;) {
      const at = this.sendAt + BigInt(done * HEADER_BYTES);
      const sent = this.libc.sendmmsg(this.fd, at, this.kept - done, 0);
      if (sent > 0) done += sent;
      else if (this.libc.errno() !== EINTR) {
        this.unsent++;
        done++;
      }
    }
  }
}

interface Pointer {
  readonly low: number;
  readonly high: number;
}

const halvesOf = (address: bigint): Pointer => ({
  low: Number(address & 0xffff_ffffn),
  high: Number(address >> 32n),
});

// Two 32-bit halves: a BigInt for each datagram would be garbage.
function writePointer(words: Uint32Array, at: number, base: Pointer, offset: number): void {
  const low = base.low + offset;
  words[at] = low >>> 0;
  words[at + 1] = base.high + (low > 0xffff_ffff ? 1 : 0);
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
