import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberWithError,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { IdentifierInvalid } from './errors.js';
import { normalise } from './text.js';

const EXAMPLE = '03-1234-5678 or +81 3 1234 5678';

/** ITU-T E.164, such as `+81312345678`. @param country of a number without `+`, ISO 3166-1 @throws {IdentifierInvalid} */
export function canonicalPhone(number: string, country = 'JP'): string {
  const region = country.toUpperCase();
  if (!isSupportedCountry(region)) {
    throw new IdentifierInvalid('malformed', 'phone', 'country', 'no country with telephone numbers', 'JP');
  }
  const parsed = read(
    normalise(number)
      .replace(/[‐‑‒–—―−─ー]/g, '-')
      .trim(),
    region,
  );
  if (parsed?.isValid() !== true) {
    throw new IdentifierInvalid('malformed', 'phone', 'number', `no valid number in ${region}`, EXAMPLE);
  }
  if (parsed.ext !== undefined) {
    throw new IdentifierInvalid('ambiguous', 'phone', 'number', 'has an extension; leave it out', EXAMPLE);
  }
  return parsed.number;
}

function read(text: string, region: CountryCode): PhoneNumber | undefined {
  try {
    return parsePhoneNumberWithError(text, { defaultCountry: region, extract: false });
  } catch {
    return undefined;
  }
}
