import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import type { VariablesOf } from '../graphql/graphql.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import { compareText, type Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, spelled, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { APPEAL_CHANGED, APPEALS, stateOf, type AppealRow } from './appeal-query.ts';

type State = NonNullable<VariablesOf<typeof APPEALS>['state']>;

/** What waits comes first: open appeals, the one that is due next at the top. */
const DEFAULTS = { q: '', state: 'open', sort: 'dueAt.asc' };
const STATES: Readonly<Record<string, State | null>> = {
  open: 'OPEN',
  overdue: 'OPEN',
  decided: 'DECIDED',
  withdrawn: 'WITHDRAWN',
  all: null,
};

function columnsFor({ t, word, format }: Speech): Column<AppealRow>[] {
  return [
    {
      id: 'subject',
      header: t('column.subject'),
      width: 'minmax(9rem, 2fr)',
      isMain: true,
      cell: ({ id, subject }) => (
        <Link href={`/appeals/${id}`} className="subject" title={subject}>
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
      cell: (appeal) => <StateBadge appeal={appeal} />,
      text: (appeal) => stateOf(appeal).word,
      compare: 'text',
    },
    {
      id: 'dueAt',
      header: t('column.dueAt'),
      width: 'minmax(7rem, 1fr)',
      isMain: true,
      cell: ({ state, dueAt, isOverdue }) =>
        state === 'OPEN' && dueAt !== null ? (
          <span className={isOverdue ? 'late' : ''}>
            <Time at={dueAt} isShort />
          </span>
        ) : (
          '–'
        ),
      text: ({ dueAt }) => dueAt ?? '',
      // What has no deadline any more comes last.
      compare: (a, b) => compareText(dueKey(a), dueKey(b)),
    },
    {
      id: 'reasonClass',
      header: t('appeals.listedFor'),
      width: 'minmax(8rem, 1fr)',
      cell: ({ reasonClass }) => word('category', spelled(reasonClass)),
      text: ({ reasonClass }) => spelled(reasonClass),
      compare: 'text',
    },
    {
      id: 'filedAt',
      header: t('column.filedAt'),
      width: '7rem',
      cell: ({ filedAt }) => <Time at={filedAt} isShort />,
      text: ({ filedAt }) => filedAt,
      compare: 'text',
    },
    {
      id: 'who',
      header: t('appeals.decidedBy'),
      width: 'minmax(7rem, 1fr)',
      cell: ({ state, isConcerned, decidedAt }) =>
        decidedAt !== null ? (
          <Time at={decidedAt} isShort />
        ) : state !== 'OPEN' ? (
          '–'
        ) : isConcerned ? (
          t('appeals.notUs')
        ) : (
          t('appeals.us')
        ),
      text: ({ isConcerned, decidedAt }) => decidedAt ?? (isConcerned ? 'not us' : 'us'),
    },
    {
      id: 'effectMs',
      header: t('appeals.effect'),
      width: '7rem',
      isNumber: true,
      cell: ({ effectMs }) => (effectMs === null ? '–' : format.duration(effectMs)),
      text: ({ effectMs }) => effectMs ?? '',
      compare: (a, b) => (a.effectMs ?? -1) - (b.effectMs ?? -1),
    },
  ];
}

const dueKey = ({ state, dueAt }: AppealRow) => (state === 'OPEN' && dueAt !== null ? dueAt : '~');

export function StateBadge({
  appeal,
}: {
  readonly appeal: Pick<AppealRow, 'state' | 'outcome' | 'isOverdue'>;
}) {
  const { word } = useLanguage();
  const { prefix, word: name, tone } = stateOf(appeal);
  return (
    <Badge tone={tone}>
      {prefix === 'appealOutcome' ? word('appealOutcome', name) : word('appealState', name)}
    </Badge>
  );
}

export default function Appeals() {
  const speech = useLanguage();
  const { t } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [after, setAfter] = useState<string>();
  const [earlier, setEarlier] = useState<readonly AppealRow[]>([]);
  const state = STATES[filter.state] ?? null;
  const variables = useMemo(() => ({ state, after: after ?? null }), [state, after]);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: APPEALS,
    variables,
    requestPolicy: 'cache-and-network',
  });
  useChanges(APPEAL_CHANGED, (change) => {
    // What was read with an earlier page is not asked for again.
    const changed = change?.appealChanged;
    if (changed) setEarlier((rows) => rows.map((row) => (row.id === changed.id ? changed : row)));
    refresh({ requestPolicy: 'network-only' });
  });
  const columns = useMemo(() => columnsFor(speech), [speech]);
  const all = useMemo(() => {
    const page = (data?.appeals.edges ?? []).map(({ node }) => node);
    return [...new Map([...earlier, ...page].map((row) => [row.id, row])).values()];
  }, [data, earlier]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      (row) =>
        row.subject.toLowerCase().includes(text) &&
        (state === null || row.state === state) &&
        (filter.state !== 'overdue' || row.isOverdue),
    );
  }, [all, filter, state]);
  const next = data?.appeals.pageInfo;
  return (
    <Page title={t('appeals.title')} lead={t('appeals.lead')}>
      <List
        label={t('appeals.title')}
        {...{ columns, rows }}
        total={all.length}
        keyOf={({ id }) => id}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={filter.state === 'open' ? t('appeals.noneOpen') : t('appeals.empty')}
        csvName="sekisho-appeals"
        filters={
          <>
            <Search
              label={t('appeals.search')}
              value={filter.q}
              onChange={(q) => {
                setFilter({ q });
              }}
            />
            <Select
              label={t('column.state')}
              value={filter.state}
              options={[
                ['open', t('appeals.open')],
                ['overdue', t('appeals.overdue')],
                ['decided', t('appeals.decided')],
                ['withdrawn', t('appeals.withdrawn')],
                ['all', t('filter.allStates')],
              ]}
              onChange={(next) => {
                setAfter(undefined);
                setEarlier([]);
                setFilter({ state: next });
              }}
            />
          </>
        }
      />
      {next?.hasNextPage && (
        <p className="more">
          <button
            type="button"
            disabled={fetching}
            onClick={() => {
              setEarlier(all);
              setAfter(next.endCursor ?? undefined);
            }}
          >
            {t('list.more')}
          </button>
        </p>
      )}
    </Page>
  );
}
