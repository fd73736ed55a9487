/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// SipHash-2-4 (Aumasson, Bernstein: SipHash, a fast short-input PRF). 64-bit words as pairs of 32 bits, low word first.

const WORDS = new Uint32Array(8);

/** The 64-bit keyed hash of a short text, least significant octet first. `key` has 16 octets. */
export function sipHash24(key: Uint8Array, text: Uint8Array): Uint8Array {
  const v = WORDS;
  const [k0, k1, k2, k3] = [wordAt(key, 0), wordAt(key, 4), wordAt(key, 8), wordAt(key, 12)];
  v.set([k0 ^ 0x70736575, k1 ^ 0x736f6d65, k2 ^ 0x6e646f6d, k3 ^ 0x646f7261]);
  v.set([k0 ^ 0x6e657261, k1 ^ 0x6c796765, k2 ^ 0x79746573, k3 ^ 0x74656462], 4);
  const whole = text.length & ~7;
  for (let at = 0; at < whole; at += 8) compress(v, wordAt(text, at), wordAt(text, at + 4));
  const tail = new Uint8Array(8);
  tail.set(text.subarray(whole));
  tail[7] = text.length & 255;
  compress(v, wordAt(tail, 0), wordAt(tail, 4));
  v[4] = v[4]! ^ 0xff;
  for (let i = 0; i < 4; i++) round(v);
  const digest = new Uint8Array(8);
  const view = new DataView(digest.buffer);
  view.setUint32(0, v[0]! ^ v[2]! ^ v[4] ^ v[6]!, true);
  view.setUint32(4, v[1]! ^ v[3]! ^ v[5]! ^ v[7]!, true);
  return digest;
}

function compress(v: Uint32Array, low: number, high: number): void {
  v[6] = v[6]! ^ low;
  v[7] = v[7]! ^ high;
  round(v);
  round(v);
  v[0] = v[0]! ^ low;
  v[1] = v[1]! ^ high;
}

function round(v: Uint32Array): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  xor(v, 2, 0);
  rotate(v, 0, 32);
  add(v, 4, 6);
  rotate(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  xor(v, 2, 4);
  rotate(v, 4, 32);
}

function add(v: Uint32Array, to: number, from: number): void {
  const low = v[to]! + v[from]!;
  v[to + 1] = v[to + 1]! + v[from + 1]! + (low > 0xffff_ffff ? 1 : 0);
  v[to] = low;
}

function xor(v: Uint32Array, to: number, from: number): void {
  v[to] = v[to]! ^ v[from]!;
  v[to + 1] = v[to + 1]! ^ v[from + 1]!;
}

function rotate(v: Uint32Array, at: number, bits: number): void {
  const [low, high] = [v[at]!, v[at + 1]!];
  if (bits === 32) {
    v[at] = high;
    v[at + 1] = low;
    return;
  }
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/* eslint-enable @typescript-eslint/no-non-null-assertion */
