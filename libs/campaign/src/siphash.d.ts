// The package brings no types. SipHash-2-4 of a message under a key of four 32-bit words.
declare module 'siphash' {
  const siphash: {
    hash(key: Uint32Array, message: Uint8Array | string): { h: number; l: number };
  };
  export default siphash;
}
