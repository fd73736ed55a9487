import { useEffect } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { LanguageSwitch } from '../settings/language-switch.tsx';
import { SignInButton } from './sign-in-button.tsx';

export function SignInPage() {
  const { t } = useLanguage();
  useEffect(() => {
    document.title = `${t('session.title')} · Sekisho`;
  }, [t]);
  return (
    <main className="door">
      <p className="brand">
        Sekisho <span lang="ja">関所</span>
      </p>
      <h1>{t('session.title')}</h1>
      <p>{t('session.lead')}</p>
      <SignInButton />
      <p className="muted">{t('session.noPasskey')}</p>
      <footer>
        <LanguageSwitch />
        <a href="/">{t('session.publicPage')}</a>
      </footer>
    </main>
  );
}
