import { useLanguage } from '../language/use-language.ts';
import { Dialog } from '../parts/dialog.tsx';
import { SignInButton } from './sign-in-button.tsx';

/** Over the page, which stays as it is with everything that was typed; what was being sent goes out afterwards. */
export function SessionExpired() {
  const { t } = useLanguage();
  return (
    <Dialog title={t('session.expired')}>
      <p>{t('session.expiredLead')}</p>
      <SignInButton />
    </Dialog>
  );
}
