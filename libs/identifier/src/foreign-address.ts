import { IdentifierInvalid } from './errors.js';
import { foldLatin, normalise } from './text.js';

/**
 * Words in capitals without marks, one space between them; nothing is abbreviated, spelled out or moved.
 * @param country ISO 3166-1, two letters, not JP
 * @throws {IdentifierInvalid}
 */
export function canonicalForeignAddress(text: string, country: string): string {
  if (!/^[A-Z]{2}$/.test(country)) {
    throw new IdentifierInvalid('malformed', 'address', 'country', 'not two letters of ISO 3166-1', 'US');
  }
  const words = foldLatin(normalise(text)).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (words.length < 2) {
    throw new IdentifierInvalid(
      'incomplete',
      'address',
      'text',
      'fewer than two words',
      '1 Main Street, Springfield, IL 62701',
    );
  }
  return words.join(' ');
}
