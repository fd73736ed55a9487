import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link, useParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { AlertPanel } from './alert-panel.tsx';
import { ALERT_RAISED, ALERTS, STATE_TONE, type AlertRow } from './alert-query.ts';

const DEFAULTS = { q: '', state: '', category: '', sort: 'openedAt.desc' };
const STATES = ['open', 'seen', 'found', 'observing', 'closed'] as const;

function columnsFor({ t, word, format }: Speech, search: string): Column<AlertRow>[] {
  return [
    {
      id: 'subject',
      header: t('column.subject'),
      width: 'minmax(9rem, 2fr)',
      isMain: true,
      cell: ({ id, subject }) => (
        <Link href={`/alerts/${id}${search}`} className="subject" title={subject}>
          {subject}
        </Link>
      ),
      text: ({ subject }) => subject,
      compare: 'text',
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '7rem',
      isMain: true,
      cell: ({ state }) => <Badge tone={STATE_TONE[state] ?? 'plain'}>{word('alertState', state)}</Badge>,
      text: ({ state }) => state,
      compare: 'text',
    },
    {
      id: 'category',
      header: t('column.categories'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ category }) => word('category', category),
      text: ({ category }) => category,
      compare: 'text',
    },
    {
      id: 'messages',
      header: t('column.messages'),
      width: '7rem',
      isNumber: true,
      cell: ({ messages }) => `≥ ${format.number(messages)}`,
      text: ({ messages }) => messages,
      compare: (a, b) => a.messages - b.messages,
    },
    {
      id: 'evidence',
      header: t('column.evidence'),
      width: '6rem',
      isNumber: true,
      cell: ({ evidenceCount }) => (evidenceCount === 0 ? '–' : format.number(evidenceCount)),
      text: ({ evidenceCount }) => evidenceCount,
      compare: (a, b) => a.evidenceCount - b.evidenceCount,
    },
    {
      id: 'openedAt',
      header: t('column.openedAt'),
      width: '8rem',
      isMain: true,
      cell: ({ openedAt }) => <Time at={openedAt} isShort />,
      text: ({ openedAt }) => openedAt,
      compare: 'text',
    },
  ];
}

export default function Alerts() {
  const speech = useLanguage();
  const { t, word } = speech;
  const { id } = useParams();
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: ALERTS,
    requestPolicy: 'cache-and-network',
  });
  useChanges(ALERT_RAISED, () => {
    refresh({ requestPolicy: 'network-only' });
  });
  const search = window.location.search;
  const columns = useMemo(() => columnsFor(speech, search), [speech, search]);
  const all = useMemo(() => (data?.alerts.edges ?? []).map(({ node }) => node), [data]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      ({ subject, state, category }) =>
        subject.includes(text) &&
        (filter.state === '' || state === filter.state) &&
        (filter.category === '' || category === filter.category),
    );
  }, [all, filter]);
  const categories = useMemo(() => [...new Set(all.map(({ category }) => category))].sort(), [all]);
  const selected = all.find((alert) => alert.id === id);
  return (
    <Page title={t('alerts.title')} lead={t('alerts.lead')}>
      {selected && <AlertPanel key={selected.id} alert={selected} back={`/alerts${search}`} />}
      <List
        label={t('alerts.title')}
        {...{ columns, rows }}
        total={all.length}
        keyOf={(alert) => alert.id}
        selectedKey={id}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={t('alerts.empty')}
        csvName="sekisho-alerts"
        filters={
          <>
            <Search
              label={t('alerts.search')}
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
                ...STATES.map((state) => [state, word('alertState', state)] as const),
              ]}
              onChange={(state) => {
                setFilter({ state });
              }}
            />
            <Select
              label={t('column.categories')}
              value={filter.category}
              options={[
                ['', t('filter.allCategories')],
                ...categories.map((category) => [category, word('category', category)] as const),
              ]}
              onChange={(category) => {
                setFilter({ category });
              }}
            />
          </>
        }
      />
    </Page>
  );
}
