import { randomInt } from 'node:crypto';

/** Without the letters that are mistaken for digits when a code is read out over the telephone. */
const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** 3 groups of 5 characters of 5 bits: 75 bits, far beyond guessing within a week. */
const CODE_GROUPS = 3;
const CODE_GROUP_LENGTH = 5;
export const CODE_LIFETIME_MS = 7 * 24 * 3_600_000;

export function randomCode(): string {
  const group = () =>
    Array.from({ length: CODE_GROUP_LENGTH }, () =>
      CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length)),
    ).join('');
  return Array.from({ length: CODE_GROUPS }, group).join('-');
}
