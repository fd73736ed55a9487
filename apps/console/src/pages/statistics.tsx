import { useQuery } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { download, toCsv } from '../parts/csv.ts';
import { Facts } from '../parts/facts.tsx';
import { Time } from '../parts/marks.tsx';
import { Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { useSession } from '../session/session-store.ts';
import { ModelQualityPanel } from './model-quality-panel.tsx';
import { useActivity } from './use-activity.ts';

const STATISTICS = graphql(`
  query Statistics {
    statistics {
      asOf
      members
      envelopes
      reports
      subjects
      listings
      unscoredEnvelopes
    }
    listingActivity {
      at
      changed
      ended
    }
  }
`);

const DNS_QUERIES = graphql(`
  query DnsQueries {
    dnsQueries(minutes: 1440) {
      answered
      refused
    }
  }
`);

export default function Statistics() {
  const { t, format } = useLanguage();
  const { member } = useSession();
  const [{ data, fetching, error }] = useQuery({ query: STATISTICS, requestPolicy: 'cache-and-network' });
  const [dns] = useQuery({ query: DNS_QUERIES, pause: member === null });
  const activity = data?.listingActivity;
  const { times, curves } = useActivity(activity);
  const save = () => {
    const header = [t('chart.time'), t('overview.changed'), t('overview.ended')];
    const rows = (activity ?? []).map(({ at, changed, ended }) => [at, changed, ended]);
    download('sekisho-activity.csv', toCsv(header, rows), 'text/csv;charset=utf-8');
  };
  return (
    <Page
      title={t('statistics.title')}
      lead={t('statistics.lead')}
      actions={
        <button type="button" disabled={!activity} onClick={save}>
          {t('list.csv')}
        </button>
      }
    >
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && (
        <>
          <Panel title={t('statistics.federation')}>
            <Facts
              facts={[
                [t('statistics.members'), format.blurred(data.statistics.members)],
                [t('statistics.reports'), format.blurred(data.statistics.reports)],
                [t('statistics.envelopes'), format.blurred(data.statistics.envelopes)],
                [t('statistics.subjects'), format.number(data.statistics.subjects)],
                [t('statistics.listings'), format.number(data.statistics.listings)],
                [t('statistics.unscored'), format.number(data.statistics.unscoredEnvelopes)],
                [t('statistics.asOf'), <Time key="asOf" at={data.statistics.asOf} />],
              ]}
            />
            <p className="hint">{t('statistics.hint')}</p>
          </Panel>
          <Panel title={t('overview.activity')}>
            <TimeChart label={t('overview.activityLabel')} times={times} curves={curves} />
          </Panel>
        </>
      )}
      <ModelQualityPanel />
      {dns.data && (
        <Panel title={t('statistics.ownQueries')}>
          <Facts
            facts={[
              [t('statistics.answered'), format.number(dns.data.dnsQueries.answered)],
              [t('statistics.overQuota'), format.number(dns.data.dnsQueries.refused)],
            ]}
          />
        </Panel>
      )}
    </Page>
  );
}
