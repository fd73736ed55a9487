import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { CalibrationPanel } from './calibration-panel.tsx';
import { ReceiptPanel } from './receipt-panel.tsx';

const RECEIPTS = graphql(`
  query Receipts($after: String, $refusedOnly: Boolean!) {
    receipts(first: 200, after: $after, refusedOnly: $refusedOnly) {
      edges {
        node {
          receiptId
          receivedAt
          accepted
          rejected {
            index
            code
            message
          }
          isScored
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export type ReceiptRow = ResultOf<typeof RECEIPTS>['receipts']['edges'][number]['node'];

const DEFAULTS = { show: '', receipt: '', sort: 'receivedAt.desc' };

function columnsFor({ t, format }: Speech, open: (id: string) => void): Column<ReceiptRow>[] {
  return [
    {
      id: 'receivedAt',
      header: t('column.receivedAt'),
      width: 'minmax(9rem, 1fr)',
      isMain: true,
      cell: ({ receiptId, receivedAt }) => (
        <button
          type="button"
          className="link"
          onClick={() => {
            open(receiptId);
          }}
        >
          <Time at={receivedAt} />
        </button>
      ),
      text: ({ receivedAt }) => receivedAt,
      compare: 'text',
    },
    {
      id: 'accepted',
      header: t('column.accepted'),
      width: '6rem',
      isMain: true,
      isNumber: true,
      cell: ({ accepted }) => format.number(accepted),
      text: ({ accepted }) => accepted,
      compare: (a, b) => a.accepted - b.accepted,
    },
    {
      id: 'rejected',
      header: t('column.rejected'),
      width: '6rem',
      isMain: true,
      isNumber: true,
      cell: ({ rejected }) =>
        rejected.length === 0 ? '0' : <Badge tone="bad">{format.number(rejected.length)}</Badge>,
      text: ({ rejected }) => rejected.length,
      compare: (a, b) => a.rejected.length - b.rejected.length,
    },
    {
      id: 'codes',
      header: t('column.why'),
      width: 'minmax(8rem, 2fr)',
      cell: ({ rejected }) => [...new Set(rejected.map(({ code }) => code))].join(', ') || '–',
      text: ({ rejected }) => [...new Set(rejected.map(({ code }) => code))].join(' '),
    },
    {
      id: 'isScored',
      header: t('column.scored'),
      width: '7rem',
      cell: ({ isScored }) => (isScored ? t('reports.scored') : t('reports.waiting')),
      text: ({ isScored }) => (isScored ? 'yes' : 'no'),
    },
    {
      id: 'receiptId',
      header: t('column.receipt'),
      width: '7rem',
      cell: ({ receiptId }) => <code title={receiptId}>{receiptId.slice(0, 8)}</code>,
      text: ({ receiptId }) => receiptId,
    },
  ];
}

export default function Reports() {
  const speech = useLanguage();
  const { t } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [after, setAfter] = useState<string>();
  const [earlier, setEarlier] = useState<readonly ReceiptRow[]>([]);
  const refusedOnly = filter.show === 'refused';
  const variables = useMemo(() => ({ after: after ?? null, refusedOnly }), [after, refusedOnly]);
  const [{ data, fetching, error }] = useQuery({
    query: RECEIPTS,
    variables,
    requestPolicy: 'cache-and-network',
  });
  const columns = useMemo(
    () =>
      columnsFor(speech, (receipt) => {
        setFilter({ receipt });
      }),
    [speech, setFilter],
  );
  const page = useMemo(() => (data?.receipts.edges ?? []).map(({ node }) => node), [data]);
  const rows = useMemo(() => {
    const byId = new Map([...earlier, ...page].map((row) => [row.receiptId, row]));
    return [...byId.values()];
  }, [earlier, page]);
  const next = data?.receipts.pageInfo;
  return (
    <Page title={t('reports.title')} lead={t('reports.lead')}>
      {filter.receipt !== '' && (
        <ReceiptPanel
          key={filter.receipt}
          receiptId={filter.receipt}
          receipt={rows.find(({ receiptId }) => receiptId === filter.receipt)}
          onClose={() => {
            setFilter({ receipt: '' });
          }}
        />
      )}
      <CalibrationPanel />
      <List
        label={t('reports.title')}
        {...{ columns, rows }}
        total={rows.length}
        keyOf={({ receiptId }) => receiptId}
        selectedKey={filter.receipt}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={t('reports.empty')}
        csvName="sekisho-receipts"
        filters={
          <Select
            label={t('column.rejected')}
            value={filter.show}
            options={[
              ['', t('reports.all')],
              ['refused', t('reports.refusedOnly')],
            ]}
            onChange={(show) => {
              setAfter(undefined);
              setEarlier([]);
              setFilter({ show });
            }}
          />
        }
      />
      {next?.hasNextPage && (
        <p className="more">
          <button
            type="button"
            disabled={fetching}
            onClick={() => {
              setEarlier(rows);
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
