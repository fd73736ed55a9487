// What a person chose for this browser. Nothing of it is secret; public/theme.js reads it before the first paint.
import { useSyncExternalStore } from 'react';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const TIME_ZONES = ['local', 'UTC'] as const;
export type TimeZone = (typeof TIME_ZONES)[number];

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
  readonly timeZone: TimeZone;
  /** Single keys act as shortcuts; off for those whose speech input would press them (WCAG 2.1.4). */
  readonly hasShortcuts: boolean;
}

const STORAGE_KEY = 'sekisho.settings';

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((known) => known === value);

/** Whatever is stored or missing, settings come out. */
export function readSettings(stored: string | null, browserLanguages: readonly string[]): Settings {
  let given: Partial<Record<keyof Settings, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(stored ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) given = parsed;
  } catch {
    // As if nothing had been chosen.
  }
  const known = browserLanguages.map((tag) => oneOf(LANGUAGES, tag.slice(0, 2).toLowerCase()));
  return {
    language: oneOf(LANGUAGES, given.language) ?? known.find((language) => language !== undefined) ?? 'en',
    theme: oneOf(THEMES, given.theme) ?? 'system',
    timeZone: oneOf(TIME_ZONES, given.timeZone) ?? 'local',
    hasShortcuts: given.hasShortcuts !== false,
  };
}

const listeners = new Set<() => void>();
let current: Settings | undefined;

function load(): Settings {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage is closed to us: choices last until the page is left.
  }
  return readSettings(stored, navigator.languages);
}

export const settings = (): Settings => (current ??= load());

export function changeSettings(change: Partial<Settings>): void {
  current = { ...settings(), ...change };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // As above.
  }
  applySettings(current);
  for (const tell of listeners) tell();
}

/** The parts of the settings that the document itself carries. */
export function applySettings({ theme, language }: Settings): void {
  const root = document.documentElement;
  root.lang = language;
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSettings = (): Settings => useSyncExternalStore(subscribe, settings);
