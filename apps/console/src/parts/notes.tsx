import type { ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';

export function Loading() {
  const { t } = useLanguage();
  return (
    <p className="note loading" role="status">
      {t('list.loading')}
    </p>
  );
}

export const Empty = ({ children }: { readonly children: ReactNode }) => (
  <div className="note empty">{children}</div>
);

/** A refusal in this person's language, with the code that a colleague or the operator can search for. */
export function Fault({ code, detail }: { readonly code: string; readonly detail?: string | undefined }) {
  const { t, word } = useLanguage();
  const text = word('error', code);
  return (
    <p className="note fault" role="alert">
      {text === code ? t('error.other') : text} <code title={detail}>{code}</code>
    </p>
  );
}
