// Memory that several threads see. A reader never waits for the writer; what keeps it from seeing half of an entry
// is the order of writes: every place is written once before the word that makes it visible, and never again.

/** Zeroed words that a message to another thread shares instead of copying. */
export const sharedWords = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(length * 4));

/** Zeroed octets, shared like sharedWords. */
export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));
