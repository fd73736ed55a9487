import { Injectable } from '@nestjs/common';
import { createHash, createHmac } from 'node:crypto';
import { Platform } from '../platform/platform.js';

/** What links and codes of appeals are made with: the same at every hub of an operator, and nowhere stored. */
@Injectable()
export class AppealKeys {
  private readonly key: Buffer;
  /** For the puzzles. */
  readonly puzzleSecret: string;

  constructor({ edgeToken }: Platform) {
    this.key = createHash('sha256').update(`sekisho appeals\n${edgeToken}`).digest();
    this.puzzleSecret = this.mac('puzzle');
  }

  /** 192 bits that open the status page; the same for the same form, so that a double submit leads to one place. */
  secretOf(form: string): string {
    return this.mac(`secret\n${form}`).slice(0, 32);
  }

  /** For the DNS, where everybody can read it: it opens nothing. */
  dnsCodeOf(secret: string): string {
    return createHash('sha256').update(`sekisho appeal dns\n${secret}`).digest('hex').slice(0, 32);
  }

  private mac(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}
