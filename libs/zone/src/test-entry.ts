/* eslint-disable @typescript-eslint/no-non-null-assertion -- reads of typed arrays inside their bounds */
// Test entries: RFC 5782 section 5.
import type { QuestionKey } from './question-key.js';
import type { ReturnCode } from './return-code.js';
import type { ZoneName } from './zone-name.js';

const LOOPBACK = 0x7f00_0000;
/** The C of ip.Z that have their own test address 127.0.0.C. */
const IP_CATEGORIES = [2, 3, 4, 5, 6, 7, 10];
const TEST = labelOf('test');
const INVALID = labelOf('invalid');

const certain = (category: number): ReturnCode => 0x7f00_6400 + category;
const CERTAIN_SCORE: ReturnCode = 0x7f01_6464;

/**
 * The code of a test entry; 0 for a name that MUST NOT be listed, whatever the zone holds; undefined for any other.
 * Addresses: 127.0.0.2 (and ::ffff:127.0.0.2) always, never 127.0.0.1; in ip and high.ip 127.0.0.C for each C.
 * Names: `test` always, never `invalid`. The score of a test entry is 100.
 */
export function testCode(key: QuestionKey, zone: ZoneName): ReturnCode | undefined {
  if (key.kind === 'ipv4') {
    const last = key.words[0]! - LOOPBACK;
    if (last === 1) return 0;
    switch (zone) {
      case 'ip':
      case 'high.ip':
        return IP_CATEGORIES.includes(last) ? certain(last) : undefined;
      case 'policy':
        return last === 2 || last === 10 ? certain(10) : undefined;
      default:
        return last === 2 ? CERTAIN_SCORE : undefined;
    }
  }
  if (zone !== 'domain' && zone !== 'hash' && zone !== 'score') return undefined;
  if (isLabel(key, INVALID)) return 0;
  if (!isLabel(key, TEST)) return undefined;
  return zone === 'score' ? CERTAIN_SCORE : certain(zone === 'domain' ? 21 : 30);
}

function isLabel({ bytes, start, end }: QuestionKey, wanted: readonly number[]): boolean {
  return (
    end - start === wanted.length &&
    bytes[start] === wanted[0] &&
    wanted.every((byte, i) => i === 0 || (bytes[start + i]! | 0x20) === byte)
  );
}

function labelOf(text: string): number[] {
  return [text.length, ...Array.from(text, (character) => character.charCodeAt(0))];
}

/* eslint-enable @typescript-eslint/no-non-null-assertion */
