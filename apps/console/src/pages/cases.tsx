import { useMemo } from 'react';
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Time, type Tone } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';

const CASES = graphql(`
  query Cases {
    subscriberCases(first: 1000) {
      id
      isReporter
      strength
      types
      reason
      state
      caseNumber
      openedAt
      messages
    }
  }
`);

const TERMINATIONS = graphql(`
  query Terminations {
    terminations(first: 1000) {
      id
      version
      state
      reason
      evidence
      caseNumber
      expiresAt
      changes {
        kind
        changedAt
      }
    }
  }
`);

type CaseRow = ResultOf<typeof CASES>['subscriberCases'][number];
type RecordRow = ResultOf<typeof TERMINATIONS>['terminations'][number];

const DEFAULTS = { list: 'cases', q: '', side: '', state: '', sort: '' };
const STATES = ['active', 'contested', 'withdrawn'] as const;
const STATE_TONE: Readonly<Record<string, Tone>> = { active: 'info', contested: 'warn', withdrawn: 'plain' };

function caseColumns({ t, word, format }: Speech): Column<CaseRow>[] {
  return [
    {
      id: 'id',
      header: t('column.case'),
      width: 'minmax(7rem, 1fr)',
      isMain: true,
      cell: ({ id, caseNumber }) => <code title={id}>{caseNumber ?? id.slice(0, 8)}</code>,
      text: ({ id }) => id,
    },
    {
      id: 'strength',
      header: t('column.strength'),
      width: '6rem',
      isMain: true,
      cell: ({ strength }) => (
        <Badge tone={strength === 'strong' ? 'bad' : 'warn'}>{word('strength', strength)}</Badge>
      ),
      text: ({ strength }) => strength,
      compare: 'text',
    },
    {
      id: 'side',
      header: t('column.side'),
      width: '8rem',
      cell: ({ isReporter }) => (isReporter ? t('cases.weReported') : t('cases.weAsked')),
      text: ({ isReporter }) => (isReporter ? 'reporter' : 'asker'),
      compare: (a, b) => Number(a.isReporter) - Number(b.isReporter),
    },
    {
      id: 'reason',
      header: t('column.reason'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ reason }) => word('reason', reason),
      text: ({ reason }) => reason,
      compare: 'text',
    },
    {
      id: 'types',
      header: t('column.identifiers'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ types }) => types.map((type) => word('identifier', type)).join(', '),
      text: ({ types }) => types.join(' '),
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '6rem',
      cell: ({ state }) => <Badge tone={STATE_TONE[state] ?? 'plain'}>{word('recordState', state)}</Badge>,
      text: ({ state }) => state,
      compare: 'text',
    },
    {
      id: 'messages',
      header: t('column.letters'),
      width: '5rem',
      isNumber: true,
      cell: ({ messages }) => format.number(messages),
      text: ({ messages }) => messages,
      compare: (a, b) => a.messages - b.messages,
    },
    {
      id: 'openedAt',
      header: t('column.openedAt'),
      width: '7rem',
      isMain: true,
      cell: ({ openedAt }) => <Time at={openedAt} isShort />,
      text: ({ openedAt }) => openedAt,
      compare: 'text',
    },
  ];
}

function recordColumns({ t, word, format }: Speech): Column<RecordRow>[] {
  return [
    {
      id: 'caseNumber',
      header: t('column.case'),
      width: 'minmax(7rem, 1fr)',
      isMain: true,
      cell: ({ caseNumber, id }) => <code title={id}>{caseNumber}</code>,
      text: ({ caseNumber }) => caseNumber,
      compare: 'text',
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '8rem',
      isMain: true,
      cell: ({ state }) => <Badge tone={STATE_TONE[state] ?? 'plain'}>{word('recordState', state)}</Badge>,
      text: ({ state }) => state,
      compare: 'text',
    },
    {
      id: 'reason',
      header: t('column.reason'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ reason }) => word('reason', reason),
      text: ({ reason }) => reason,
      compare: 'text',
    },
    {
      id: 'version',
      header: t('column.version'),
      width: '5rem',
      isNumber: true,
      cell: ({ version }) => format.number(version),
      text: ({ version }) => version,
    },
    {
      id: 'changes',
      header: t('column.lastChange'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ changes }) => {
        const last = changes.at(-1);
        return last ? (
          <>
            {word('recordChange', last.kind)} <Time at={last.changedAt} isShort />
          </>
        ) : (
          '–'
        );
      },
      text: ({ changes }) => changes.at(-1)?.kind ?? '',
    },
    {
      id: 'expiresAt',
      header: t('column.expiresAt'),
      width: '8rem',
      isMain: true,
      cell: ({ expiresAt }) => format.date(expiresAt),
      text: ({ expiresAt }) => expiresAt,
      compare: 'text',
    },
  ];
}

export default function Cases() {
  const speech = useLanguage();
  const { t, word } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const isCases = filter.list !== 'records';
  const [cases] = useQuery({ query: CASES, requestPolicy: 'cache-and-network', pause: !isCases });
  const [records] = useQuery({ query: TERMINATIONS, requestPolicy: 'cache-and-network', pause: isCases });
  const columns = useMemo(() => ({ cases: caseColumns(speech), records: recordColumns(speech) }), [speech]);
  const text = filter.q.trim().toLowerCase();
  const common = {
    sort: filter.sort,
    onSort: (sort: string) => {
      setFilter({ sort });
    },
    filters: (
      <>
        <Search
          label={t('cases.search')}
          value={filter.q}
          onChange={(q) => {
            setFilter({ q });
          }}
        />
        {isCases && (
          <Select
            label={t('column.side')}
            value={filter.side}
            options={[
              ['', t('cases.bothSides')],
              ['asker', t('cases.weAsked')],
              ['reporter', t('cases.weReported')],
            ]}
            onChange={(side) => {
              setFilter({ side });
            }}
          />
        )}
        <Select
          label={t('column.state')}
          value={filter.state}
          options={[
            ['', t('filter.allStates')],
            ...STATES.map((state) => [state, word('recordState', state)] as const),
          ]}
          onChange={(state) => {
            setFilter({ state });
          }}
        />
      </>
    ),
  };
  const allCases = cases.data?.subscriberCases ?? [];
  const allRecords = records.data?.terminations ?? [];
  return (
    <Page
      title={t('cases.title')}
      lead={t('cases.lead')}
      actions={
        <Select
          label={t('cases.show')}
          value={isCases ? 'cases' : 'records'}
          options={[
            ['cases', t('cases.matches')],
            ['records', t('cases.records')],
          ]}
          onChange={(list) => {
            setFilter({ list, sort: '' });
          }}
        />
      }
    >
      {isCases ? (
        <List
          {...common}
          key="cases"
          label={t('cases.matches')}
          columns={columns.cases}
          rows={allCases.filter(
            ({ id, caseNumber, state, isReporter }) =>
              `${id} ${caseNumber ?? ''}`.toLowerCase().includes(text) &&
              (filter.state === '' || state === filter.state) &&
              (filter.side === '' || (filter.side === 'reporter') === isReporter),
          )}
          total={allCases.length}
          keyOf={({ id }) => id}
          isLoading={cases.fetching && !cases.data}
          error={cases.error && codeOf(cases.error)}
          empty={t('cases.empty')}
          csvName="sekisho-cases"
          note={<p className="hint">{t('cases.hint')}</p>}
        />
      ) : (
        <List
          {...common}
          key="records"
          label={t('cases.records')}
          columns={columns.records}
          rows={allRecords.filter(
            ({ caseNumber, state }) =>
              caseNumber.toLowerCase().includes(text) && (filter.state === '' || state === filter.state),
          )}
          total={allRecords.length}
          keyOf={({ id }) => id}
          isLoading={records.fetching && !records.data}
          error={records.error && codeOf(records.error)}
          empty={t('cases.noRecords')}
          csvName="sekisho-terminations"
          note={<p className="hint">{t('cases.recordsHint')}</p>}
        />
      )}
    </Page>
  );
}
