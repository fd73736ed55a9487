// What batched sockets cost when nothing is done with the packets: every datagram goes back as it came, with the bit that
// makes it a response and an answer count that says every other one was listed. No server on these system calls can be
// cheaper. `node bench/dns-floor.ts PORT`; runs until it is killed.
import {
  BATCH,
  Batch,
  bind,
  HEADER_WORDS,
  MSG_WAITFORONE,
  recvmmsg,
  sendmmsg,
  setsockopt,
  socket,
  STRIDE,
} from './dns-batch.ts';

const RESPONSE = 0x80;
const port = Number(process.argv[2]);
const fd = socket(2, 2, 0);
setsockopt(fd, 1, 8, Uint8Array.of(0, 0, 0x40, 0), 4);
setsockopt(fd, 1, 7, Uint8Array.of(0, 0, 0x40, 0), 4);
const address = Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
if (fd < 0 || bind(fd, address, 16) < 0) throw new Error(`cannot listen on port ${port}`);
const batch = new Batch(true);
for (;;) {
  const count = recvmmsg(fd, batch.address, BATCH, MSG_WAITFORONE, null);
  for (let i = 0; i < count; i++) {
    const at = i * STRIDE;
    batch.bytes[at + 2] = (batch.bytes[at + 2] ?? 0) | RESPONSE;
    batch.bytes[at + 7] = (batch.bytes[at + 1] ?? 0) & 1;
    batch.vectors[i * 4 + 2] = batch.headers[i * HEADER_WORDS + 14] ?? 0;
  }
  for (let done = 0; done < count;) {
    const sent = sendmmsg(fd, batch.address + BigInt(done * HEADER_WORDS * 4), count - done, 0);
    done += sent > 0 ? sent : 1;
  }
  // Sending has set the lengths of the datagrams; receiving needs those of the places.
  for (let i = 0; i < count; i++) batch.vectors[i * 4 + 2] = STRIDE;
}
