import { randomFillSync } from 'node:crypto';

const ID_BYTES = 6;
const IDS_AT_ONCE = 1_024;

/** Ids by which one decision among billions is found. Taken from the system by the thousand: each call costs more than an id. */
export class DecisionIds {
  private readonly bytes = Buffer.alloc(ID_BYTES * IDS_AT_ONCE);
  private at = this.bytes.length;

  /** 12 hexadecimal digits. */
  next(): string {
    if (this.at === this.bytes.length) {
      randomFillSync(this.bytes);
      this.at = 0;
    }
    return this.bytes.toString('hex', this.at, (this.at += ID_BYTES));
  }
}
