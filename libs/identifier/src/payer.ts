import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import { IdentifierInvalid } from './errors.js';
import { normalise } from './text.js';

/** How somebody pays. The caller replaces what comes out by an HMAC under the federation's key before it is kept or used. */
export type Payer =
  | { readonly kind: 'card'; readonly number: string }
  | { readonly kind: 'iban'; readonly number: string }
  | {
      readonly kind: 'account-jp';
      /** 4 digits. */
      readonly bank: string;
      /** 3 digits. */
      readonly branch: string;
      readonly account: 'ordinary' | 'current' | 'savings';
      /** 1 to 7 digits. */
      readonly number: string;
    }
  /** What a payment provider calls one card or account, exactly as it gives it. */
  | { readonly kind: 'fingerprint'; readonly provider: string; readonly value: string };

/** `card:…`, `iban:…`, `account-jp:bank-branch-type-number`, `fingerprint:provider:…`. @throws {IdentifierInvalid} */
export function canonicalPayer(payer: Payer): string {
  switch (payer.kind) {
    case 'card':
      return `card:${cardNumber(payer.number)}`;
    case 'iban': {
      const iban = electronicFormatIBAN(normalise(payer.number)) ?? '';
      if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) throw invalid('malformed', 'number', 'no IBAN', IBAN);
      if (!isValidIBAN(iban)) throw invalid('checksum', 'number', 'the IBAN fails its check', IBAN);
      return `iban:${iban}`;
    }
    case 'account-jp': {
      const bank = digits(payer.bank, 'bank', 4, 4, '0001');
      const branch = digits(payer.branch, 'branch', 3, 3, '001');
      const number = digits(payer.number, 'number', 1, 7, '1234567').padStart(7, '0');
      return `account-jp:${bank}-${branch}-${payer.account}-${number}`;
    }
    case 'fingerprint': {
      const provider = payer.provider.toLowerCase();
      const value = payer.value.trim();
      if (!/^[a-z0-9-]{1,32}$/.test(provider))
        throw invalid('malformed', 'provider', 'no plain name', 'stripe');
      if (!/^[\x21-\x7e]{8,200}$/.test(value)) {
        throw invalid(
          'malformed',
          'value',
          'not 8 to 200 characters of ASCII without spaces',
          'Xt5EWLLDS7FJjR1c',
        );
      }
      return `fingerprint:${provider}:${value}`;
    }
  }
}

const IBAN = 'DE89 3704 0044 0532 0130 00';
const CARD = '4111 1111 1111 1111';

const invalid = (code: 'malformed' | 'checksum', where: string, what: string, example: string) =>
  new IdentifierInvalid(code, 'payer', where, what, example);

function digits(text: string, where: string, least: number, most: number, example: string): string {
  const plain = normalise(text).replace(/[\s\-‐‑‒–—―−]/g, '');
  if (!/^\d+$/.test(plain) || plain.length < least || plain.length > most) {
    const range = least === most ? String(least) : `${least} to ${most}`;
    throw invalid('malformed', where, `not ${range} digits`, example);
  }
  return plain;
}

/** ISO/IEC 7812: 12 to 19 digits, the last one by Luhn's formula. */
function cardNumber(text: string): string {
  const number = digits(text, 'number', 12, 19, CARD);
  const sum = Array.from(number)
    .reverse()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) : Number(digit) * 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  if (sum % 10 !== 0) throw invalid('checksum', 'number', 'a digit is wrong', CARD);
  return number;
}
