import type { IdentifierType } from '@sekisho/subscriber';
import { canonicalBirthDate } from './birth-date.js';
import { canonicalEmail } from './email.js';
import { canonicalForeignAddress } from './foreign-address.js';
import { canonicalJapaneseAddress } from './japanese-address.js';
import { canonicalName } from './name.js';
import { canonicalPayer, type Payer } from './payer.js';
import { canonicalPhone } from './phone.js';

/**
 * Version of all rules together. Two members match only under one version, so a change of any canonical form raises it,
 * and takes effect with a key epoch.
 */
export const CANON_VERSION = 1;

/** What a member knows of a subscriber. Countries are ISO 3166-1, two letters. */
export type IdentifierSource =
  | {
      readonly type: 'phone';
      readonly number: string;
      /** Of a number without `+`; JP when absent. */
      readonly country?: string;
    }
  | {
      readonly type: 'address';
      readonly text: string;
      /** JP when absent. */
      readonly country?: string;
    }
  | { readonly type: 'name-birth'; readonly name: string; readonly birthDate: string }
  | { readonly type: 'payer'; readonly payer: Payer }
  | { readonly type: 'email'; readonly address: string };

/** Ready to be framed as PRF input. Secret: it is the identifier. */
export interface Identifier {
  readonly type: IdentifierType;
  readonly canonVersion: number;
  readonly value: string;
}

/**
 * The canonical form of one identifier; an address in Japan with a building or room gives a second one of type
 * `building`. Equal for equal sources however they are written, as far as docs/identifiers.md says; never a guess.
 * @throws {IdentifierInvalid} with what is wrong, where, and an example
 */
export function canonicalise(source: IdentifierSource): readonly [Identifier, ...Identifier[]] {
  switch (source.type) {
    case 'phone':
      return [identifier('phone', canonicalPhone(source.number, source.country))];
    case 'address':
      return canonicalAddress(source.text, (source.country ?? 'JP').toUpperCase());
    case 'name-birth': {
      const value = `${canonicalName(source.name)}/${canonicalBirthDate(source.birthDate)}`;
      return [identifier('name-birth', value)];
    }
    case 'payer':
      return [identifier('payer', canonicalPayer(source.payer))];
    case 'email':
      return [identifier('email', canonicalEmail(source.address))];
  }
}

function canonicalAddress(text: string, country: string): readonly [Identifier, ...Identifier[]] {
  if (country !== 'JP') {
    return [identifier('address', `${country}:${canonicalForeignAddress(text, country)}`)];
  }
  const { address, building } = canonicalJapaneseAddress(text);
  const first = identifier('address', `JP:${address}`);
  return building === undefined ? [first] : [first, identifier('building', `JP:${address}/${building}`)];
}

const identifier = (type: IdentifierType, value: string): Identifier => ({
  type,
  canonVersion: CANON_VERSION,
  value,
});
