import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

describe('settings', () => {
  it("take the browser's first language that the console speaks, until one was chosen", () => {
    expect(readSettings(null, ['fr-FR', 'ja-JP', 'en']).language).toBe('ja');
    expect(readSettings(null, ['fr']).language).toBe('en');
    expect(readSettings('{"language":"en"}', ['ja']).language).toBe('en');
  });

  it.each([['not JSON'], ['null'], ['"text"'], ['{"theme":"<script>","timeZone":7}']])(
    'come out whole of a damaged store: %s',
    (stored) => {
      expect(readSettings(stored, ['en'])).toEqual({
        language: 'en',
        theme: 'system',
        timeZone: 'local',
        hasShortcuts: true,
      });
    },
  );
});
