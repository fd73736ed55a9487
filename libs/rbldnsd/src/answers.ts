/** Enough for every value of several sets; a longer answer fits no packet. */
const MAX_ADDRESSES = 1024;

/** A record that a generic set gives besides A and TXT. */
export interface OtherRecord {
  readonly type: number;
  readonly content: Uint8Array;
}

/** The records of one type have one TTL (RFC 2181 section 5.2): the least that any of the sets gives. */
class Ttl {
  seconds = 0;

  lower(seconds: number): void {
    this.seconds = this.seconds === 0 ? seconds : Math.min(this.seconds, seconds);
  }
}

/** What the sets of a zone say of a name; one object is reused for every question. */
export class Answers {
  /** The name is listed or has records, of whatever type. */
  isFound = false;
  /** The name is not, but something below it is (RFC 8020). */
  isAbove = false;
  private readonly words = new Uint32Array(MAX_ADDRESSES);
  private used = 0;
  private readonly addressTtl = new Ttl();
  private readonly textTtl = new Ttl();
  private readonly otherTtl = new Ttl();
  /** The contents of TXT records: character-strings as they stand in an answer. */
  readonly texts: Uint8Array[] = [];
  readonly others: OtherRecord[] = [];

  reset(): void {
    this.isFound = this.isAbove = false;
    this.used = 0;
    this.addressTtl.seconds = this.textTtl.seconds = this.otherTtl.seconds = 0;
    this.texts.length = this.others.length = 0;
  }

  /** The A values, unsigned, without repetitions. Valid until the next question. */
  get addresses(): Uint32Array {
    return this.words.subarray(0, this.used);
  }

  get addressCount(): number {
    return this.used;
  }

  /** The i-th of the addresses. */
  addressAt(i: number): number {
    return this.words[i] ?? 0;
  }

  get addressTtlSeconds(): number {
    return this.addressTtl.seconds;
  }

  get textTtlSeconds(): number {
    return this.textTtl.seconds;
  }

  get otherTtlSeconds(): number {
    return this.otherTtl.seconds;
  }

  addAddress(address: number, ttlSeconds: number): void {
    this.addressTtl.lower(ttlSeconds);
    for (let i = 0; i < this.used; i++) if (this.words[i] === address) return;
    if (this.used < MAX_ADDRESSES) this.words[this.used++] = address;
  }

  /** One character-string of at most 255 octets. */
  addText(text: Uint8Array, ttlSeconds: number): void {
    const content = new Uint8Array(text.length + 1);
    content[0] = text.length;
    content.set(text, 1);
    this.addTextContent(content, ttlSeconds);
  }

  addTextContent(content: Uint8Array, ttlSeconds: number): void {
    this.textTtl.lower(ttlSeconds);
    if (!this.texts.some((there) => isSame(there, content))) this.texts.push(content);
  }

  addOther(type: number, content: Uint8Array, ttlSeconds: number): void {
    this.otherTtl.lower(ttlSeconds);
    if (!this.others.some((there) => there.type === type && isSame(there.content, content)))
      this.others.push({ type, content });
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
