// Messages of a zone transfer: RFC 5936 section 2.2 and 3.4 (compression keeps the case), RFC 1035 section 4.1.4.
import type { QueryHeader, Question } from './query.js';
import type { ResourceRecord } from './record.js';

const RESPONSE_FLAGS = 0x8400; // QR and AA
const MAX_POINTER = 0x3fff;
const FIRST_OWNER = 12;

/**
 * Packs records into one message after another. Every message repeats the question; owners below the zone's apex are
 * compressed against it, and the second record of a name against the first.
 */
export class TransferMessage {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private answers = 0;
  private apexAt = 0;
  private lastOwner: Uint8Array | undefined;
  private lastOwnerAt = 0;

  /** @param maxBytes of one message, without the room that a signature needs */
  constructor(
    private readonly header: QueryHeader,
    private readonly question: Question,
    /** Wire form, lower case. */
    private readonly apex: Uint8Array,
    private readonly maxBytes: number,
    /** The OPT that goes into the first message, if the asker sent one. */
    private opt: Uint8Array | undefined,
  ) {
    this.bytes = new Uint8Array(maxBytes);
    this.view = new DataView(this.bytes.buffer);
    this.begin();
  }

  /**
   * Adds a record; false when it does not fit any more: then take() and add it again.
   * The owner is the part in front of the apex, wire form without root; empty for the apex.
   */
  add(owner: Uint8Array, { type, ttlSeconds, content }: Omit<ResourceRecord, 'owner'>): boolean {
    const isRepeated = this.lastOwnerAt > 0 && owner === this.lastOwner;
    const apexBytes = this.apexAt > 0 ? 2 : this.apex.length;
    const ownerBytes = isRepeated ? 2 : owner.length + apexBytes;
    const optBytes = this.opt?.length ?? 0;
    if (this.at + ownerBytes + 10 + content.length + optBytes > this.maxBytes) return false;
    const { view, bytes } = this;
    if (isRepeated) {
      view.setUint16(this.at, 0xc000 | this.lastOwnerAt);
      this.at += 2;
    } else this.writeOwner(owner);
    view.setUint16(this.at, type);
    view.setUint16(this.at + 2, 1);
    view.setUint32(this.at + 4, ttlSeconds);
    view.setUint16(this.at + 8, content.length);
    bytes.set(content, this.at + 10);
    this.at += 10 + content.length;
    this.answers++;
    return true;
  }

  get isEmpty(): boolean {
    return this.answers === 0;
  }

  /** The message so far, a copy; the next one begins. */
  take(): Uint8Array {
    this.view.setUint16(6, this.answers);
    if (this.opt) {
      this.bytes.set(this.opt, this.at);
      this.view.setUint16(10, 1);
      this.at += this.opt.length;
      this.opt = undefined;
    }
    const message = this.bytes.slice(0, this.at);
    this.begin();
    return message;
  }

  private writeOwner(owner: Uint8Array): void {
    const start = this.at;
    this.bytes.set(owner, this.at);
    this.at += owner.length;
    if (this.apexAt > 0) {
      this.view.setUint16(this.at, 0xc000 | this.apexAt);
      this.at += 2;
    } else {
      this.apexAt = this.at;
      this.bytes.set(this.apex, this.at);
      this.at += this.apex.length;
    }
    this.lastOwner = owner;
    this.lastOwnerAt = start <= MAX_POINTER ? start : 0;
  }

  private begin(): void {
    const { view, bytes, question } = this;
    bytes.fill(0, 0, FIRST_OWNER);
    view.setUint16(0, this.header.id);
    view.setUint16(2, RESPONSE_FLAGS | (this.header.isRecursionDesired ? 0x0100 : 0));
    view.setUint16(4, 1);
    bytes.set(question.name, FIRST_OWNER);
    this.at = FIRST_OWNER + question.name.length;
    view.setUint16(this.at, question.type);
    view.setUint16(this.at + 2, question.class);
    this.at += 4;
    this.answers = 0;
    this.lastOwner = undefined;
    this.lastOwnerAt = 0;
    const isAsWritten = this.apex.every((octet, i) => octet === question.name[i]);
    this.apexAt = isAsWritten ? FIRST_OWNER : 0;
  }
}
