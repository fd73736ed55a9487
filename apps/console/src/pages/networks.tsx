import { useMemo, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, SubjectLink, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { HygienePanel } from './hygiene-panel.tsx';
import { ClaimForm, DeclareForm } from './network-forms.tsx';
import {
  CLAIM_STATES,
  CLAIM_TONE,
  CLAIMS,
  PORT25,
  PORT25_TONE,
  RANGES,
  WITHDRAW_RANGE,
  type ClaimRow,
  type RangeRow,
} from './network-query.ts';

const DEFAULTS = { q: '', state: '', list: '', sort: 'network.asc' };

function rangeColumns(
  { t, word, format }: Speech,
  { change, withdraw }: { change: (range: RangeRow) => void; withdraw: (range: RangeRow) => void },
): Column<RangeRow>[] {
  return [
    {
      id: 'network',
      header: t('column.network'),
      width: 'minmax(10rem, 2fr)',
      isMain: true,
      cell: ({ network }) => <SubjectLink subject={network} />,
      text: ({ network }) => network,
      compare: 'text',
    },
    {
      id: 'port25',
      header: t('networks.port25'),
      width: '8rem',
      isMain: true,
      cell: ({ port25 }) => <Badge tone={PORT25_TONE[port25] ?? 'plain'}>{word('port25', port25)}</Badge>,
      text: ({ port25 }) => port25,
      compare: 'text',
    },
    {
      id: 'exceptions',
      header: t('networks.exceptions'),
      width: 'minmax(9rem, 2fr)',
      cell: ({ exceptions }) => <span title={exceptions.join(', ')}>{exceptions.join(', ') || '–'}</span>,
      text: ({ exceptions }) => exceptions.join(' '),
    },
    {
      id: 'declaredAt',
      header: t('networks.declaredAt'),
      width: '9rem',
      cell: ({ declaredAt }) => format.date(declaredAt),
      text: ({ declaredAt }) => declaredAt,
      compare: 'text',
    },
    {
      id: 'do',
      header: t('column.actions'),
      width: '10rem',
      isMain: true,
      cell: (range) => (
        <span className="links">
          <button
            type="button"
            className="link"
            onClick={() => {
              change(range);
            }}
          >
            {t('networks.change')}
          </button>
          <button
            type="button"
            className="link"
            onClick={() => {
              withdraw(range);
            }}
          >
            {t('networks.withdraw')}
          </button>
        </span>
      ),
      text: () => '',
    },
  ];
}

function claimColumns({ t, word }: Speech): Column<ClaimRow>[] {
  return [
    {
      id: 'network',
      header: t('column.network'),
      width: 'minmax(10rem, 2fr)',
      isMain: true,
      cell: ({ network }) => <SubjectLink subject={network} />,
      text: ({ network }) => network,
      compare: 'text',
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '9rem',
      isMain: true,
      cell: ({ state }) => <Badge tone={CLAIM_TONE[state] ?? 'plain'}>{word('claimState', state)}</Badge>,
      text: ({ state }) => state,
      compare: 'text',
    },
    {
      id: 'reason',
      header: t('column.reason'),
      width: 'minmax(10rem, 3fr)',
      cell: ({ reason }) => <span title={reason ?? ''}>{reason ?? '–'}</span>,
      text: ({ reason }) => reason ?? '',
    },
    {
      id: 'claimedAt',
      header: t('networks.claimedAt'),
      width: '8rem',
      isMain: true,
      cell: ({ claimedAt }) => <Time at={claimedAt} isShort />,
      text: ({ claimedAt }) => claimedAt,
      compare: 'text',
    },
    {
      id: 'decidedAt',
      header: t('networks.decidedAt'),
      width: '8rem',
      cell: ({ decidedAt }) => (decidedAt === null ? '–' : <Time at={decidedAt} isShort />),
      text: ({ decidedAt }) => decidedAt ?? '',
      compare: 'text',
    },
  ];
}

export default function Networks() {
  const speech = useLanguage();
  const { t, word } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const isClaims = filter.list === 'claims';
  const [ranges, refreshRanges] = useQuery({ query: RANGES, requestPolicy: 'cache-and-network' });
  const [claims, refreshClaims] = useQuery({ query: CLAIMS, requestPolicy: 'cache-and-network' });
  const [changing, setChanging] = useState<RangeRow>();
  const [withdrawing, setWithdrawing] = useState<RangeRow>();
  const columns = useMemo(
    () => ({
      ranges: rangeColumns(speech, { change: setChanging, withdraw: setWithdrawing }),
      claims: claimColumns(speech),
    }),
    [speech],
  );
  const allRanges = ranges.data?.declaredRanges ?? [];
  const allClaims = claims.data?.networkClaims ?? [];
  const text = filter.q.trim().toLowerCase();
  const states: readonly (readonly [string, string])[] = isClaims
    ? CLAIM_STATES.map((state) => [state, word('claimState', state)])
    : PORT25.map((state) => [state, word('port25', state)]);
  const common = {
    sort: filter.sort,
    onSort: (sort: string) => {
      setFilter({ sort });
    },
    filters: (
      <>
        <Search
          label={t('networks.search')}
          value={filter.q}
          onChange={(q) => {
            setFilter({ q });
          }}
        />
        <Select
          label={isClaims ? t('column.state') : t('networks.port25')}
          value={filter.state}
          options={[['', t('filter.allStates')], ...states]}
          onChange={(state) => {
            setFilter({ state });
          }}
        />
      </>
    ),
  };
  return (
    <Page
      title={t('networks.title')}
      lead={t('networks.lead')}
      actions={
        <Select
          label={t('networks.show')}
          value={isClaims ? 'claims' : ''}
          options={[
            ['', t('networks.ranges')],
            ['claims', t('networks.claims')],
          ]}
          onChange={(list) => {
            setFilter({ list, state: '', sort: DEFAULTS.sort });
          }}
        />
      }
    >
      {isClaims ? (
        <>
          <ClaimForm
            onDone={() => {
              refreshClaims({ requestPolicy: 'network-only' });
            }}
          />
          <List
            {...common}
            key="claims"
            label={t('networks.claims')}
            columns={columns.claims}
            rows={allClaims.filter(
              ({ network, state }) =>
                network.includes(text) && (filter.state === '' || state === filter.state),
            )}
            total={allClaims.length}
            keyOf={({ network }) => network}
            isLoading={claims.fetching && !claims.data}
            error={claims.error && codeOf(claims.error)}
            empty={t('networks.noClaims')}
            csvName="sekisho-network-claims"
          />
        </>
      ) : (
        <>
          <DeclareForm
            key={changing?.network ?? ''}
            range={changing}
            onDone={() => {
              setChanging(undefined);
              refreshRanges({ requestPolicy: 'network-only' });
            }}
          />
          <List
            {...common}
            key="ranges"
            label={t('networks.ranges')}
            columns={columns.ranges}
            rows={allRanges.filter(
              ({ network, exceptions, port25 }) =>
                [network, ...exceptions].join(' ').includes(text) &&
                (filter.state === '' || port25 === filter.state),
            )}
            total={allRanges.length}
            keyOf={({ network }) => network}
            isLoading={ranges.fetching && !ranges.data}
            error={ranges.error && codeOf(ranges.error)}
            empty={t('networks.noRanges')}
            csvName="sekisho-ranges"
          />
          <HygienePanel />
        </>
      )}
      {withdrawing && (
        <Withdrawing
          range={withdrawing}
          onClose={(isDone) => {
            setWithdrawing(undefined);
            if (isDone) refreshRanges({ requestPolicy: 'network-only' });
          }}
        />
      )}
    </Page>
  );
}

function Withdrawing({
  range,
  onClose,
}: {
  readonly range: RangeRow;
  readonly onClose: (isDone: boolean) => void;
}) {
  const { t } = useLanguage();
  const [{ error, fetching }, withdraw] = useMutation(WITHDRAW_RANGE);
  return (
    <Confirm
      title={t('networks.withdrawTitle')}
      action={t('networks.withdrawConfirm')}
      isDangerous
      isBusy={fetching}
      error={error}
      onConfirm={() => {
        if (fetching) return;
        void withdraw({ network: range.network }).then((result) => {
          if (!result.error) onClose(true);
        });
      }}
      onClose={() => {
        onClose(false);
      }}
    >
      <p>{t('networks.withdrawLead', { network: range.network })}</p>
    </Confirm>
  );
}
