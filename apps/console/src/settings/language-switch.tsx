import { changeSettings, useSettings } from './settings.ts';

/** The other language, in its own words. */
export function LanguageSwitch() {
  const { language } = useSettings();
  const other = language === 'en' ? 'ja' : 'en';
  return (
    <button
      type="button"
      className="quiet"
      lang={other}
      onClick={() => {
        changeSettings({ language: other });
      }}
    >
      {other === 'ja' ? '日本語' : 'English'}
    </button>
  );
}
