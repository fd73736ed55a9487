/** What the doctor found about one thing. */
export interface Finding {
  readonly check: string;
  /** `skipped`: it cannot or need not be known from here. */
  readonly state: 'ok' | 'wrong' | 'skipped';
  readonly found: string;
  /** What to do; with every `wrong`, and with nothing else. */
  readonly remedy?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found });
export const skipped = (check: string, found: string): Finding => ({ check, state: 'skipped', found });
export const wrong = (check: string, found: string, remedy: string): Finding => ({
  ...{ check, found, remedy },
  state: 'wrong',
});
