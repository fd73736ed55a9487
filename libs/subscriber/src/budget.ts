import { SubscriberRefused } from './errors.js';

/** Sign-ups are declared a day late, and some checks are repeated: this many checks need no declaration. */
export const UNDECLARED_CHECKS = 50;
/** An applicant comes back with a corrected form: twice is normal, ten times is not. */
export const CHECKS_PER_SIGN_UP = 2;
/** Over so many days the two are compared. */
export const RATIO_DAYS = 7;

const DAY_SECONDS = 86_400;

export interface CheckUse {
  readonly checksToday: number;
  /** Over the last RATIO_DAYS, today included. */
  readonly checksOfPeriod: number;
  readonly declaredOfPeriod: number;
}

/**
 * Passes when one more check is within the member's day and in proportion to its declared sign-ups.
 * @throws {SubscriberRefused} check-quota-exceeded, check-ratio-exceeded
 */
export function requireBudget(use: CheckUse, { quota, now }: { quota: number; now: Date }): void {
  if (use.checksToday >= quota) {
    const secondsOfDay = Math.floor(now.getTime() / 1000) % DAY_SECONDS;
    throw new SubscriberRefused(
      'check-quota-exceeded',
      `${quota} checks a day are the member's quota; the next day begins at 00:00 UTC`,
      DAY_SECONDS - secondsOfDay,
    );
  }
  const allowed = UNDECLARED_CHECKS + CHECKS_PER_SIGN_UP * use.declaredOfPeriod;
  if (use.checksOfPeriod >= allowed) {
    throw new SubscriberRefused(
      'check-ratio-exceeded',
      `${use.checksOfPeriod} checks in ${RATIO_DAYS} days against ${use.declaredOfPeriod} declared sign-ups; ` +
        'declare the sign-ups of these days first: sekisho subscriber sign-ups',
    );
  }
}
