import { useEffect, useState, type SyntheticEvent } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useLanguage } from '../language/use-language.ts';
import { Field } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { LanguageSwitch } from '../settings/language-switch.tsx';
import { codeOfFailure } from './passkey-errors.ts';
import { acceptInvitation } from './session-api.ts';
import { refreshSession } from './session-store.ts';

/** `/console/invitation?code=…`: where an invited person makes a passkey. */
export function InvitationPage() {
  const { t } = useLanguage();
  const [parameters] = useSearchParams();
  const [, go] = useLocation();
  const [code, setCode] = useState(parameters.get('code') ?? '');
  const [name, setName] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    document.title = `${t('invitation.title')} · Sekisho`;
  }, [t]);
  const accept = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    setFault(undefined);
    try {
      await acceptInvitation(code.trim(), name.trim());
      await refreshSession();
      go('/', { replace: true });
    } catch (error) {
      setFault(codeOfFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <main className="door">
      <p className="brand">
        Sekisho <span lang="ja">関所</span>
      </p>
      <h1>{t('invitation.title')}</h1>
      <p>{t('invitation.lead')}</p>
      <form onSubmit={(event) => void accept(event)}>
        <Field label={t('invitation.code')} hint={t('invitation.codeHint')}>
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              value={code}
              onChange={(event) => {
                setCode(event.target.value);
              }}
            />
          )}
        </Field>
        <Field label={t('invitation.name')} hint={t('invitation.nameHint')}>
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={100}
              autoComplete="name"
              value={name}
              onChange={(event) => {
                setName(event.target.value);
              }}
            />
          )}
        </Field>
        <button type="submit" className="primary large" disabled={isBusy}>
          {isBusy ? t('session.waiting') : t('invitation.accept')}
        </button>
        {fault !== undefined && <Fault code={fault} />}
      </form>
      <footer>
        <LanguageSwitch />
        <a href="/">{t('session.publicPage')}</a>
      </footer>
    </main>
  );
}
