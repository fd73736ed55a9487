import { useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Select } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useMay } from '../parts/use-may.ts';
import { codeOfFailure } from '../session/passkey-errors.ts';
import { savePreferences } from '../session/session-api.ts';
import { useSession } from '../session/session-store.ts';
import { changeSettings, THEMES, TIME_ZONES, useSettings, type Language } from '../settings/settings.ts';
import { EventSettings } from './event-settings.tsx';

export default function SettingsPage() {
  const { t, word } = useLanguage();
  const { csrf, member } = useSession();
  const isTold = useMay('event:receive') && member !== null;
  const { language, theme, timeZone, hasShortcuts } = useSettings();
  const [fault, setFault] = useState<string>();
  const speak = async (next: Language) => {
    changeSettings({ language: next });
    setFault(undefined);
    try {
      // Also the language of the mails that the hub sends.
      await savePreferences(csrf, next);
    } catch (error) {
      setFault(codeOfFailure(error));
    }
  };
  return (
    <Page title={t('settings.title')} lead={t('settings.lead')}>
      <Panel title={t('settings.display')}>
        <div className="form">
          <Select
            isLabelShown
            label={t('settings.language')}
            value={language}
            options={[
              ['en', 'English'],
              ['ja', '日本語'],
            ]}
            onChange={(next) => void speak(next as Language)}
          />
          <Select
            isLabelShown
            label={t('settings.theme')}
            value={theme}
            options={THEMES.map((one) => [one, word('theme', one)] as const)}
            onChange={(next) => {
              changeSettings({ theme: THEMES.find((one) => one === next) ?? 'system' });
            }}
          />
          <Select
            isLabelShown
            label={t('settings.timeZone')}
            value={timeZone}
            options={TIME_ZONES.map((one) => [one, word('timeZone', one)] as const)}
            onChange={(next) => {
              changeSettings({ timeZone: TIME_ZONES.find((one) => one === next) ?? 'local' });
            }}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={hasShortcuts}
              onChange={(event) => {
                changeSettings({ hasShortcuts: event.target.checked });
              }}
            />
            {t('settings.shortcuts')}
          </label>
        </div>
        {fault !== undefined && <Fault code={fault} />}
      </Panel>
      {isTold && <EventSettings />}
    </Page>
  );
}
