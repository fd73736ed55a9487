import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Link, useLocation, useParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useSession } from '../session/session-store.ts';
import { ActionForm, type ProposalInput } from './action-form.tsx';
import { ACTION, EDIT, type ShownAction } from './action-query.ts';

export default function EditAction() {
  const { t } = useLanguage();
  const { member } = useSession();
  const { id = '' } = useParams();
  const [{ data, fetching, error }, refresh] = useQuery({
    query: ACTION,
    variables: { id },
    requestPolicy: 'network-only',
  });
  const action = data?.action;
  const isDraft = action?.state === 'DRAFT' && action.proposedBy === member?.id;
  return (
    <Page title={t('actions.edit')} lead={<Link href={`/actions/${id}`}>{t('actions.editBack')}</Link>}>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && !isDraft && <Empty>{t('actions.editGone')}</Empty>}
      {isDraft && (
        <Editor
          key={id}
          action={action}
          onChanged={() => {
            refresh({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </Page>
  );
}

interface EditorProps {
  /** As it is at the hub by now; the form keeps what it began with, and what was typed. */
  readonly action: ShownAction;
  /** Somebody else was quicker: it has to be looked at anew. */
  readonly onChanged: () => void;
}

function Editor({ action, onChanged }: EditorProps) {
  const { t } = useLanguage();
  const [, go] = useLocation();
  /** The version that the person has seen: the first one, or the one that the warning is about. */
  const [seen, setSeen] = useState(action.version);
  const [{ data, error, fetching }, edit] = useMutation(EDIT);
  const result = data?.editAction;
  const refusal = result?.__typename === 'ActionRefused' ? result : undefined;
  const isChanged = refusal?.code === 'action-changed';
  const send = async (input: ProposalInput, button: string | null) => {
    const version = button === 'replace' ? action.version : seen;
    if (button === 'replace') setSeen(version);
    const { data: answer } = await edit({ id: action.id, input, version });
    const kept = answer?.editAction;
    if (kept?.__typename === 'Action') go(`/actions/${kept.id}`, { replace: true });
    else if (kept?.code === 'action-changed') onChanged();
  };
  return (
    <Panel title={t('actions.proposal')}>
      <ActionForm
        initial={action}
        isBusy={fetching}
        error={error}
        refusal={isChanged ? undefined : refusal}
        onSend={(input, button) => void send(input, button)}
      >
        {isChanged ? (
          <>
            <p className="note fault">{t('actions.editedMeanwhile')}</p>
            <a href={`/console/actions/${action.id}`} target="_blank" rel="noreferrer">
              {t('actions.editedTheirs')}
            </a>
            <button type="submit" value="replace" className="danger" disabled={fetching}>
              {t('actions.editReplace')}
            </button>
          </>
        ) : (
          <button type="submit" value="save" className="primary" disabled={fetching}>
            {t('actions.editSave')}
          </button>
        )}
      </ActionForm>
    </Panel>
  );
}
