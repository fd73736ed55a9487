import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useMay } from '../parts/use-may.ts';
import { useUrlState } from '../parts/use-url-state.ts';
import { ACTION_CHANGED, ACTION_TONE, ACTIONS, type ActionRow } from './action-query.ts';
import { Delegation } from './delegation.tsx';

const DEFAULTS = { q: '', state: '', sort: 'proposedAt.desc' };

function columnsFor({ t, word, format }: Speech): Column<ActionRow>[] {
  return [
    {
      id: 'title',
      header: t('column.title'),
      width: 'minmax(10rem, 3fr)',
      isMain: true,
      cell: ({ id, title }) => (
        <Link href={`/actions/${id}`} title={title}>
          {title}
        </Link>
      ),
      text: ({ title }) => title,
      compare: 'text',
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '8rem',
      isMain: true,
      cell: ({ state }) => <Badge tone={ACTION_TONE[state] ?? 'plain'}>{word('actionState', state)}</Badge>,
      text: ({ state }) => state,
      compare: 'text',
    },
    {
      id: 'kind',
      header: t('column.type'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ kind, isEmergency }) => (
        <>
          {isEmergency && <Badge tone="bad">{t('actions.isEmergency')}</Badge>} {word('actionKind', kind)}
        </>
      ),
      text: ({ kind }) => kind,
      compare: 'text',
    },
    {
      id: 'vote',
      header: t('column.ourVote'),
      width: '8rem',
      cell: ({ myVote, isRecused, isVoting }) =>
        isRecused ? (
          t('actions.recused')
        ) : myVote !== null ? (
          word('vote', myVote)
        ) : isVoting ? (
          <Badge tone="warn">{t('actions.voteNow')}</Badge>
        ) : (
          '–'
        ),
      text: ({ myVote, isRecused }) => (isRecused ? 'RECUSED' : (myVote ?? '')),
    },
    {
      id: 'effectiveAt',
      header: t('column.effectiveAt'),
      width: '9rem',
      cell: ({ effectiveAt }) => (effectiveAt === null ? '–' : format.dateTime(effectiveAt)),
      text: ({ effectiveAt }) => effectiveAt ?? '',
      compare: 'text',
    },
    {
      id: 'proposedAt',
      header: t('column.proposedAt'),
      width: '7.5rem',
      isMain: true,
      cell: ({ proposedAt }) => <Time at={proposedAt} isShort />,
      text: ({ proposedAt }) => proposedAt,
      compare: 'text',
    },
  ];
}

export default function Actions() {
  const speech = useLanguage();
  const { t, word } = speech;
  const [mayPropose, mayVote] = [useMay('action:propose'), useMay('action:vote')];
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: ACTIONS,
    requestPolicy: 'cache-and-network',
  });
  useChanges(ACTION_CHANGED, () => {
    refresh({ requestPolicy: 'network-only' });
  });
  const columns = useMemo(() => columnsFor(speech), [speech]);
  const all = useMemo(() => (data?.actions.edges ?? []).map(({ node }) => node), [data]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      ({ title, state }) =>
        title.toLowerCase().includes(text) && (filter.state === '' || state === filter.state),
    );
  }, [all, filter]);
  return (
    <Page
      title={t('actions.title')}
      lead={t('actions.lead')}
      actions={
        mayPropose && (
          <Link href="/actions/new" className="button">
            {t('actions.propose')}
          </Link>
        )
      }
    >
      <List
        label={t('actions.title')}
        {...{ columns, rows }}
        total={all.length}
        keyOf={({ id }) => id}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={t('actions.empty')}
        csvName="sekisho-actions"
        filters={
          <>
            <Search
              label={t('actions.search')}
              value={filter.q}
              onChange={(q) => {
                setFilter({ q });
              }}
            />
            <Select
              label={t('column.state')}
              value={filter.state}
              options={[
                ['', t('filter.allStates')],
                ...Object.keys(ACTION_TONE).map((state) => [state, word('actionState', state)] as const),
              ]}
              onChange={(state) => {
                setFilter({ state });
              }}
            />
          </>
        }
      />
      {mayVote && <Delegation />}
    </Page>
  );
}
