import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Badge, Categories, Score, SubjectLink, Time } from '../parts/marks.tsx';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { useNow } from '../parts/use-now.ts';
import { useSession } from '../session/session-store.ts';
import { campaignName } from './campaign-name.ts';
import { useActivity } from './use-activity.ts';
import { useLiveFeed } from './use-live-feed.ts';

const OVERVIEW = graphql(`
  query Overview {
    statistics {
      asOf
      listings
      subjects
      reports
      members
      unscoredEnvelopes
    }
    listingActivity {
      at
      changed
      ended
    }
    campaigns(first: 50) {
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
          }
          linkedHosts {
            subject
          }
        }
      }
    }
  }
`);

const OWN_ALERTS = graphql(`
  query OverviewAlerts {
    alerts(first: 100, openOnly: true) {
      edges {
        node {
          id
          state
        }
      }
    }
  }
`);

const DAY_MS = 86_400_000;

export default function Overview() {
  const { t, format } = useLanguage();
  const now = useNow();
  const { member } = useSession();
  const [{ data, error, fetching }] = useQuery({ query: OVERVIEW, requestPolicy: 'cache-and-network' });
  const [alerts] = useQuery({
    query: OWN_ALERTS,
    requestPolicy: 'cache-and-network',
    pause: member === null,
  });
  const feed = useLiveFeed(30);
  const since = now.getTime() - DAY_MS;
  const campaigns = (data?.campaigns.edges ?? [])
    .map(({ node }) => node)
    .filter(({ lastSeen }) => new Date(lastSeen).getTime() > since);
  const open = (alerts.data?.alerts.edges ?? []).filter(({ node }) => node.state === 'open').length;
  const activity = data?.listingActivity;
  const { times, curves } = useActivity(activity);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return (
    <Page title={t('overview.title')} lead={t('overview.lead')}>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {!data && fetching && <Loading />}
      {data && (
        <>
          <ul className="tiles">
            <Tile
              name={t('overview.listings')}
              to="/listings"
              value={format.number(data.statistics.listings)}
            >
              {t('overview.changedToday', { count: sum(data.listingActivity.map(({ changed }) => changed)) })}
            </Tile>
            {member && (
              <Tile
                name={t('overview.openAlerts')}
                to="/alerts?state=open"
                value={format.number(open)}
                isUrgent={open > 0}
              >
                {open > 0 ? t('overview.answerThem') : t('overview.nothingToAnswer')}
              </Tile>
            )}
            <Tile name={t('overview.campaigns')} to="/campaigns" value={format.number(campaigns.length)}>
              {t('overview.outbreaks', { count: campaigns.filter(({ outbreakAt }) => outbreakAt).length })}
            </Tile>
            <Tile
              name={t('overview.reports')}
              to="/statistics"
              value={format.blurred(data.statistics.reports)}
            >
              {t('overview.asOf', { time: format.time(data.statistics.asOf) })}
            </Tile>
          </ul>
          <div className="columns">
            <Panel title={t('overview.activity')}>
              <TimeChart label={t('overview.activityLabel')} times={times} curves={curves} />
            </Panel>
            <Panel
              title={t('overview.recentCampaigns')}
              aside={<Link href="/campaigns">{t('overview.all')}</Link>}
            >
              {campaigns.length === 0 ? (
                <Empty>{t('overview.noCampaigns')}</Empty>
              ) : (
                <ul className="lines">
                  {campaigns.slice(0, 8).map((campaign) => (
                    <li key={campaign.id}>
                      <Link href={`/campaigns/${campaign.id}`} className="subject">
                        {campaignName(campaign)}
                      </Link>
                      {campaign.outbreakAt && <Badge tone="bad">{t('campaigns.outbreak')}</Badge>}
                      <span className="muted end">
                        <Time at={campaign.lastSeen} isShort />
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
          </div>
          <Panel title={t('overview.liveFeed')}>
            {feed.length === 0 ? (
              <Empty>{t('overview.waitingForChanges')}</Empty>
            ) : (
              <ul className="lines">
                {feed.map(({ row, at }) => (
                  <li key={row.subject}>
                    <span className="muted at">{format.time(at)}</span>
                    <SubjectLink subject={row.subject} />
                    <Badge tone={row.listed ? 'bad' : 'good'}>
                      {row.listed ? t('listings.listed') : t('listings.notListed')}
                    </Badge>
                    <Score value={row.score} />
                    <span className="muted grow">
                      <Categories values={row.categories} />
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </>
      )}
    </Page>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly to: string;
  readonly isUrgent?: boolean;
  readonly children: ReactNode;
}

const Tile = ({ name, value, to, isUrgent, children }: TileProps) => (
  <li className={isUrgent ? 'tile urgent' : 'tile'}>
    <Link href={to}>
      <span className="tile-name">{name}</span>
      <strong className="tile-value">{value}</strong>
      <span className="muted">{children}</span>
    </Link>
  </li>
);
