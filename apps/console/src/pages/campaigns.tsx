import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage, type Speech } from '../language/use-language.ts';
import type { Column } from '../parts/data-table.tsx';
import { Search, Select } from '../parts/fields.tsx';
import { List } from '../parts/list-page.tsx';
import { Badge, Time } from '../parts/marks.tsx';
import { Page } from '../parts/page.tsx';
import { useUrlState } from '../parts/use-url-state.ts';
import { campaignName } from './campaign-name.ts';

export const CAMPAIGNS = graphql(`
  query Campaigns {
    campaigns(first: 100) {
      edges {
        node {
          id
          firstSeen
          lastSeen
          outbreakAt
          isConfirmed
          memberCount
          copiesAtLeast
          fromDomains {
            subject
            passPercent
          }
          linkedHosts {
            subject
          }
          networks {
            subject
          }
        }
      }
    }
  }
`);

const CAMPAIGN_CHANGED = graphql(`
  subscription CampaignChanged {
    campaignChanged {
      id
      lastSeen
    }
  }
`);

export type CampaignRow = ResultOf<typeof CAMPAIGNS>['campaigns']['edges'][number]['node'];

const DEFAULTS = { q: '', show: '', sort: 'lastSeen.desc' };

function columnsFor({ t, format }: Speech): Column<CampaignRow>[] {
  return [
    {
      id: 'name',
      header: t('column.campaign'),
      width: 'minmax(10rem, 2fr)',
      isMain: true,
      cell: (campaign) => (
        <Link href={`/campaigns/${campaign.id}`} className="subject">
          {campaignName(campaign)}
        </Link>
      ),
      text: campaignName,
      compare: 'text',
    },
    {
      id: 'state',
      header: t('column.state'),
      width: '9rem',
      isMain: true,
      cell: ({ outbreakAt, isConfirmed }) =>
        outbreakAt ? (
          <Badge tone="bad">{t('campaigns.outbreak')}</Badge>
        ) : isConfirmed ? (
          <Badge tone="warn">{t('campaigns.confirmed')}</Badge>
        ) : (
          <Badge>{t('campaigns.suspected')}</Badge>
        ),
      text: ({ outbreakAt, isConfirmed }) =>
        outbreakAt ? 'outbreak' : isConfirmed ? 'confirmed' : 'suspected',
    },
    {
      id: 'members',
      header: t('column.members'),
      width: '6rem',
      isNumber: true,
      cell: ({ memberCount }) => format.blurred(memberCount),
      text: ({ memberCount }) => memberCount,
    },
    {
      id: 'copies',
      header: t('column.copies'),
      width: '8rem',
      isNumber: true,
      cell: ({ copiesAtLeast }) => (copiesAtLeast === null ? '–' : `≥ ${format.number(copiesAtLeast)}`),
      text: ({ copiesAtLeast }) => copiesAtLeast ?? '',
      compare: (a, b) => (a.copiesAtLeast ?? 0) - (b.copiesAtLeast ?? 0),
    },
    {
      id: 'networks',
      header: t('column.networks'),
      width: '6rem',
      isNumber: true,
      cell: ({ networks }) => format.number(networks.length),
      text: ({ networks }) => networks.map(({ subject }) => subject).join(' '),
      compare: (a, b) => a.networks.length - b.networks.length,
    },
    {
      id: 'firstSeen',
      header: t('column.firstSeen'),
      width: '8rem',
      cell: ({ firstSeen }) => <Time at={firstSeen} isShort />,
      text: ({ firstSeen }) => firstSeen,
      compare: 'text',
    },
    {
      id: 'lastSeen',
      header: t('column.lastSeen'),
      width: '7.5rem',
      isMain: true,
      cell: ({ lastSeen }) => <Time at={lastSeen} isShort />,
      text: ({ lastSeen }) => lastSeen,
      compare: 'text',
    },
  ];
}

const namesOf = ({ id, fromDomains, linkedHosts, networks }: CampaignRow) =>
  [id, ...[...fromDomains, ...linkedHosts, ...networks].map(({ subject }) => subject)].join(' ');

export default function Campaigns() {
  const speech = useLanguage();
  const { t } = speech;
  const [filter, setFilter] = useUrlState(DEFAULTS);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: CAMPAIGNS,
    requestPolicy: 'cache-and-network',
  });
  useChanges(CAMPAIGN_CHANGED, () => {
    refresh({ requestPolicy: 'network-only' });
  });
  const columns = useMemo(() => columnsFor(speech), [speech]);
  const all = useMemo(() => (data?.campaigns.edges ?? []).map(({ node }) => node), [data]);
  const rows = useMemo(() => {
    const text = filter.q.trim().toLowerCase();
    return all.filter(
      (campaign) =>
        (filter.show === '' || (filter.show === 'outbreak' ? campaign.outbreakAt : campaign.isConfirmed)) &&
        (text === '' || namesOf(campaign).includes(text)),
    );
  }, [all, filter]);
  return (
    <Page title={t('campaigns.title')} lead={t('campaigns.lead')}>
      <List
        label={t('campaigns.title')}
        {...{ columns, rows }}
        total={all.length}
        keyOf={({ id }) => id}
        sort={filter.sort}
        onSort={(sort) => {
          setFilter({ sort });
        }}
        isLoading={fetching && !data}
        error={error && codeOf(error)}
        empty={t('campaigns.empty')}
        csvName="sekisho-campaigns"
        filters={
          <>
            <Search
              label={t('campaigns.search')}
              value={filter.q}
              onChange={(q) => {
                setFilter({ q });
              }}
            />
            <Select
              label={t('column.state')}
              value={filter.show}
              options={[
                ['', t('campaigns.all')],
                ['confirmed', t('campaigns.confirmed')],
                ['outbreak', t('campaigns.outbreak')],
              ]}
              onChange={(show) => {
                setFilter({ show });
              }}
            />
          </>
        }
      />
    </Page>
  );
}
