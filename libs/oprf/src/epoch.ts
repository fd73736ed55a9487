// Key epochs: calendar months in UTC, so that hub, trustee and members agree without asking each other.
import { OprfError } from './errors.js';

declare const epochBrand: unique symbol;
/** `YYYY-MM`, from 2000-01 to 9999-12. Sorts as text. */
export type Epoch = string & { readonly [epochBrand]: true };

/** @throws {OprfError} epoch-invalid */
export function parseEpoch(text: string): Epoch {
  if (!/^[2-9][0-9]{3}-(0[1-9]|1[0-2])$/.test(text)) {
    throw new OprfError('epoch-invalid', 'not a month as YYYY-MM. Example: 2026-11');
  }
  return text as Epoch;
}

/** The epoch of a moment. @param time milliseconds since 1970 @throws {OprfError} epoch-invalid */
export function epochOf(time: number): Epoch {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new OprfError('epoch-invalid', 'not a time in milliseconds');
  return parseEpoch(date.toISOString().slice(0, 7));
}

/** The epoch that many months later, or earlier if negative. @throws {OprfError} epoch-invalid outside 2000..9999 */
export function epochAfter(epoch: Epoch, months = 1): Epoch {
  const { year, month } = split(epoch);
  return epochOf(Date.UTC(year, month + months));
}

/** From when (included) to when (excluded) an epoch is current, in milliseconds since 1970. */
export function epochSpan(epoch: Epoch): { startsAt: number; endsAt: number } {
  const { year, month } = split(epoch);
  return { startsAt: Date.UTC(year, month), endsAt: Date.UTC(year, month + 1) };
}

/** How many months `later` comes after `earlier`; negative when before. */
export function monthsBetween(earlier: Epoch, later: Epoch): number {
  const [a, b] = [split(earlier), split(later)];
  return (b.year - a.year) * 12 + b.month - a.month;
}

function split(epoch: Epoch): { year: number; month: number } {
  return { year: Number(epoch.slice(0, 4)), month: Number(epoch.slice(5)) - 1 };
}
