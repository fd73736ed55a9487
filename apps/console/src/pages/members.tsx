import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, type Tone } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { useSession } from '../session/session-store.ts';
import { useMay } from '../parts/use-may.ts';
import { CalibrationPanel } from './calibration-panel.tsx';
import { standingColumns, StandingRules, STANDINGS } from './standing.tsx';

const MEMBERS = graphql(`
  query Members {
    members(first: 500) {
      edges {
        node {
          id
          name
          role
          status
          networks
          asns
          createdAt
        }
      }
    }
  }
`);

type MemberRow = ResultOf<typeof MEMBERS>['members']['edges'][number]['node'];

const DEFAULTS = { q: '', status: '', list: '', calibration: '', sort: 'name.asc' };
const STATUSES = ['ACTIVE', 'INVITED', 'SUSPENDED'] as const;
const STATUS_TONE: Readonly<Record<string, Tone>> = { ACTIVE: 'good', INVITED: 'info', SUSPENDED: 'bad' };

/** @param open undefined: this person is not told what became of other members' reports */
function columnsFor(
  { t, word, format, language }: Speech,
  ownId: string | undefined,
  open: ((id: string) => void) | undefined,
): Column<MemberRow>[] {
  const order = new Intl.Collator(language);
  return [
    {
      id: 'name',
      header: t('column.name'),
      width: 'minmax(9rem, 2fr)',
      isMain: true,
      cell: ({ id, name }) => (
        <>
          <span title={name}>{name}</span> {id === ownId && <Badge tone="info">{t('members.us')}</Badge>}
        </>
      ),
      text: ({ name }) => name,
      compare: (a, b) => order.compare(a.name, b.name),
    },
    {
      id: 'id',
      header: t('column.id'),
      width: 'minmax(7rem, 1fr)',
      isMain: true,
      cell: ({ id }) =>
        open ? (
          <button
            type="button"
            className="link"
            title={t('calibration.of', { member: id })}
            onClick={() => {
              open(id);
            }}
          >
            <code>{id}</code>
          </button>
        ) : (
          <code>{id}</code>
        ),
      text: ({ id }) => id,
      compare: (a, b) => order.compare(a.id, b.id),
    },
    {
      id: 'status',
      header: t('column.state'),
      width: '7rem',
      isMain: true,
      cell: ({ status }) => (
        <Badge tone={STATUS_TONE[status] ?? 'plain'}>{word('memberStatus', status)}</Badge>
      ),
      text: ({ status }) => status,
      compare: (a, b) => order.compare(a.status, b.status),
    },
    {
      id: 'role',
      header: t('column.role'),
      width: '7rem',
      cell: ({ role }) => word('role', role.toLowerCase()),
      text: ({ role }) => role,
      compare: (a, b) => order.compare(a.role, b.role),
    },
    {
      id: 'networks',
      header: t('column.networks'),
      width: 'minmax(9rem, 2fr)',
      cell: ({ networks }) => <span title={networks.join(', ')}>{networks.join(', ') || '–'}</span>,
      text: ({ networks }) => networks.join(' '),
    },
    {
      id: 'asns',
      header: t('column.asns'),
      width: '8rem',
      cell: ({ asns }) => asns.map((asn) => `AS${String(asn)}`).join(', ') || '–',
      text: ({ asns }) => asns.join(' '),
    },
    {
      id: 'createdAt',
      header: t('column.since'),
      width: '8rem',
      cell: ({ createdAt }) => format.date(createdAt),
      text: ({ createdAt }) => createdAt,
      compare: (a, b) => (a.createdAt < b.createdAt ? -1 : 1),
    },
  ];
}

export default function Members() {
  const speech = useLanguage();
  const { t, word } = speech;
  const { member } = useSession();
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const isStanding = filter.list === 'standing';
  const [{ data, fetching, error }] = useQuery({ query: MEMBERS, requestPolicy: 'cache-and-network' });
  const [standings] = useQuery({ query: STANDINGS, requestPolicy: 'cache-and-network', pause: !isStanding });
  const isOperator = useMay('calibration:read') && member === null;
  const columns = useMemo(() => {
    const open = (calibration: string) => {
      setFilter({ calibration });
    };
    return columnsFor(speech, member?.id, isOperator ? open : undefined);
  }, [speech, member, isOperator, setFilter]);
  const partColumns = useMemo(() => standingColumns(speech, member?.id), [speech, member]);
  const all = useMemo(() => (data?.members.edges ?? []).map(({ node }) => node), [data]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      ({ id, name, networks, asns, status }) =>
        [id, name, ...networks, ...asns.map((asn) => `as${String(asn)}`)]
          .join(' ')
          .toLowerCase()
          .includes(text) &&
        (filter.status === '' || status === filter.status),
    );
  }, [all, filter]);
  const parts = useMemo(() => {
    const byId = new Map((standings.data?.standings ?? []).map((one) => [one.memberId, one]));
    return rows.flatMap(({ id, name }) => {
      const part = byId.get(id);
      return part ? [{ ...part, name }] : [];
    });
  }, [rows, standings.data]);
  const fault = error ?? (isStanding ? standings.error : undefined);
  const common = {
    sort: filter.sort,
    onSort: (sort: string) => {
      setFilter({ sort });
    },
    isLoading: (fetching && !data) || (isStanding && standings.fetching && !standings.data),
    error: fault && codeOf(fault),
    empty: t('members.empty'),
    filters: (
      <>
        <Search
          label={t('members.search')}
          value={filter.q}
          onChange={(q) => {
            setFilter({ q });
          }}
        />
        <Select
          label={t('column.state')}
          value={filter.status}
          options={[
            ['', t('filter.allStates')],
            ...STATUSES.map((status) => [status, word('memberStatus', status)] as const),
          ]}
          onChange={(status) => {
            setFilter({ status });
          }}
        />
      </>
    ),
  };
  return (
    <Page
      title={t('members.title')}
      lead={
        <>
          {t('members.lead')} <Link href="/conduct">{t('conduct.title')}</Link>
        </>
      }
      actions={
        <Select
          label={t('members.show')}
          value={isStanding ? 'standing' : ''}
          options={[
            ['', t('members.title')],
            ['standing', t('standing.title')],
          ]}
          onChange={(list) => {
            setFilter({ list, sort: DEFAULTS.sort });
          }}
        />
      }
    >
      {isOperator && filter.calibration !== '' && (
        <CalibrationPanel
          key={filter.calibration}
          of={{
            id: filter.calibration,
            onClose: () => {
              setFilter({ calibration: '' });
            },
          }}
        />
      )}
      {isStanding ? (
        <>
          <List
            {...common}
            key="standing"
            label={t('standing.title')}
            columns={partColumns}
            rows={parts}
            total={standings.data?.standings.length ?? 0}
            keyOf={({ memberId }) => memberId}
            csvName="sekisho-standing"
          />
          <StandingRules />
        </>
      ) : (
        <List
          {...common}
          key="members"
          label={t('members.title')}
          {...{ columns, rows }}
          total={all.length}
          keyOf={({ id }) => id}
          csvName="sekisho-members"
        />
      )}
    </Page>
  );
}
