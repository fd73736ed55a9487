import { useMutation } from 'urql';
import { Link, useLocation, useSearchParams } from 'wouter';
import { useLanguage } from '../language/use-language.ts';
import { Page, Panel } from '../parts/page.tsx';
import { ActionForm, type ProposalInput } from './action-form.tsx';
import { PROPOSE } from './action-query.ts';
import { ConductNote } from './conduct-note.tsx';

export default function ProposeAction() {
  const { t } = useLanguage();
  const [parameters] = useSearchParams();
  const [, go] = useLocation();
  const [{ data, error, fetching }, propose] = useMutation(PROPOSE);
  const result = data?.proposeAction;
  const send = async (input: ProposalInput, button: string | null) => {
    const { data: answer } = await propose({ input: { ...input, isDraft: button === 'draft' } });
    const kept = answer?.proposeAction;
    // Replaces the form in the history: going back does not lead to a form that would propose it again.
    if (kept?.__typename === 'Action') go(`/actions/${kept.id}`, { replace: true });
  };
  return (
    <Page title={t('actions.propose')} lead={<Link href="/actions">{t('actions.back')}</Link>}>
      <ConductNote />
      <Panel title={t('actions.proposal')}>
        <ActionForm
          subjects={parameters.get('subjects') ?? ''}
          isBusy={fetching}
          error={error}
          refusal={result?.__typename === 'ActionRefused' ? result : undefined}
          onSend={(input, button) => void send(input, button)}
        >
          <button type="submit" value="propose" className="primary" disabled={fetching}>
            {t('actions.submit')}
          </button>
          <button type="submit" value="draft" disabled={fetching}>
            {t('actions.keepDraft')}
          </button>
        </ActionForm>
      </Panel>
    </Page>
  );
}
