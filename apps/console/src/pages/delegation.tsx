import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Select } from '../parts/fields.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { useSession } from '../session/session-store.ts';

const DELEGATE = graphql(`
  query VoteDelegate {
    voteDelegate
    members(first: 500) {
      edges {
        node {
          id
          name
          status
        }
      }
    }
  }
`);

const DELEGATE_VOTE = graphql(`
  mutation DelegateVote($memberId: ID) {
    delegateVote(memberId: $memberId)
  }
`);

/** Who votes for this member while it does not vote itself. */
export function Delegation() {
  const { t } = useLanguage();
  const { member } = useSession();
  const [{ data, error }, refresh] = useQuery({ query: DELEGATE, requestPolicy: 'cache-and-network' });
  const [chosen, setChosen] = useState<string>();
  const [isAsking, setIsAsking] = useState(false);
  const [sent, send] = useMutation(DELEGATE_VOTE);
  if (!data) return error ? <Fault code={codeOf(error)} detail={error.message} /> : null;
  const others = data.members.edges
    .map(({ node }) => node)
    .filter(({ id, status }) => id !== member?.id && status === 'ACTIVE');
  const now = data.voteDelegate ?? '';
  const next = chosen ?? now;
  const nameOf = (id: string) => others.find((other) => other.id === id)?.name ?? id;
  const save = async () => {
    if (sent.fetching) return;
    const { error: refusal } = await send({ memberId: next === '' ? null : next });
    if (refusal) return;
    setIsAsking(false);
    setChosen(undefined);
    refresh({ requestPolicy: 'network-only' });
  };
  return (
    <Panel title={t('delegation.title')}>
      <p>{t('delegation.lead')}</p>
      <p>
        <strong>
          {now === '' ? t('delegation.nobodyNow') : t('delegation.now', { member: nameOf(now) })}
        </strong>
      </p>
      <div className="form">
        <Select
          isLabelShown
          label={t('delegation.to')}
          value={next}
          options={[['', t('delegation.nobody')], ...others.map(({ id, name }) => [id, name] as const)]}
          onChange={setChosen}
        />
        <button
          type="button"
          disabled={next === now}
          onClick={() => {
            setIsAsking(true);
          }}
        >
          {t('delegation.save')}
        </button>
      </div>
      {isAsking && (
        <Confirm
          title={t('delegation.title')}
          action={t('delegation.save')}
          isBusy={sent.fetching}
          error={sent.error}
          onConfirm={() => void save()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>
            {next === ''
              ? t('delegation.endConsequence')
              : t('delegation.consequence', { member: nameOf(next) })}
          </p>
        </Confirm>
      )}
    </Panel>
  );
}
