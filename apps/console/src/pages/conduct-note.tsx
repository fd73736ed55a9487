import { useQuery } from 'urql';
import { Link } from 'wouter';
import { useLanguage } from '../language/use-language.ts';
import { useSession } from '../session/session-store.ts';
import { CONDUCT } from './conduct-query.ts';

/** Said before somebody writes a proposal or votes, not by a refusal afterwards. */
export function ConductNote() {
  const { t } = useLanguage();
  const { member } = useSession();
  const [{ data }] = useQuery({ query: CONDUCT });
  if (!member || data?.codeOfConduct.acceptedAt !== null) return null;
  return (
    <p className="note">
      {t('conduct.needed')} <Link href="/conduct">{t('conduct.read')}</Link>
    </p>
  );
}
