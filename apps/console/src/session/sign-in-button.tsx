import { useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Fault } from '../parts/notes.tsx';
import { codeOfFailure } from './passkey-errors.ts';
import { signIn } from './session-api.ts';
import { refreshSession } from './session-store.ts';

export function SignInButton() {
  const { t } = useLanguage();
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const start = async () => {
    setIsBusy(true);
    setFault(undefined);
    try {
      await signIn();
      await refreshSession();
    } catch (error) {
      setFault(codeOfFailure(error));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      <button type="button" className="primary large" disabled={isBusy} onClick={() => void start()}>
        {isBusy ? t('session.waiting') : t('session.signIn')}
      </button>
      {fault !== undefined && <Fault code={fault} />}
    </>
  );
}
