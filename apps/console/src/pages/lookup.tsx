import { useEffect, useMemo, useState, type SyntheticEvent } from 'react';
import { useClient, useQuery } from 'urql';
import { Link, useLocation, useSearchParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Field } from '../parts/fields.tsx';
import { Badge, Categories, lookupPath, Score, SubjectLink, Time } from '../parts/marks.tsx';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { campaignName } from './campaign-name.ts';
import { CAMPAIGNS } from './campaigns.tsx';
import { ExplanationBar } from './explanation-bar.tsx';
import { ADVICE_TONE } from './listings.tsx';
import { ReputationHistory } from './reputation-history.tsx';
import { networksAround } from './surroundings.ts';
import { LISTING_CHANGED } from './use-live-feed.ts';

const REPUTATION = graphql(`
  query Reputation($subject: Subject!) {
    reputation(subject: $subject) {
      subject
      score
      listed
      categories
      confidence
      recommendation
      probability
      memberCount
      firstSeen
      lastSeen
      expiresAt
      listedUntil
      explanation {
        factor
        contribution
        detail
      }
    }
  }
`);

const AROUND = graphql(`
  query Around($subjects: [Subject!]!) {
    reputations(subjects: $subjects) {
      subject
      score
      listed
      categories
    }
  }
`);

type Shown = NonNullable<ResultOf<typeof REPUTATION>['reputation']>;

export default function Lookup() {
  const { t } = useLanguage();
  const [parameters] = useSearchParams();
  const asked = (parameters.get('subject') ?? '').trim();
  return (
    <Page title={t('lookup.title')} lead={t('lookup.lead')}>
      <LookupForm key={asked} asked={asked} />
      {asked !== '' && <Answer key={`answer ${asked}`} asked={asked} />}
    </Page>
  );
}

function LookupForm({ asked }: { readonly asked: string }) {
  const { t } = useLanguage();
  const [text, setText] = useState(asked);
  const [, go] = useLocation();
  const look = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== '') go(lookupPath(text.trim()));
  };
  return (
    <form className="lookup-form" onSubmit={look}>
      <Field label={t('lookup.subject')} hint={t('lookup.hint')}>
        {(ids) => (
          <input
            {...ids}
            type="search"
            required
            maxLength={300}
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <button type="submit" className="primary">
        {t('lookup.submit')}
      </button>
    </form>
  );
}

function Answer({ asked }: { readonly asked: string }) {
  const { t } = useLanguage();
  const variables = useMemo(() => ({ subject: asked }), [asked]);
  const [{ data, fetching, error }, refresh] = useQuery({
    query: REPUTATION,
    variables,
    requestPolicy: 'cache-and-network',
  });
  const client = useClient();
  // The history ends here.
  const [at, setAt] = useState(() => new Date());
  const shown = data?.reputation?.subject;
  useEffect(() => {
    if (shown === undefined) return;
    const live = client.subscription(LISTING_CHANGED, {}).subscribe(({ data: change }) => {
      if (change?.listingChanged.subject !== shown) return;
      refresh({ requestPolicy: 'network-only' });
      setAt(new Date());
    });
    return () => {
      live.unsubscribe();
    };
  }, [client, shown, refresh]);
  if (error) return <Fault code={codeOf(error)} detail={error.message} />;
  if (!data) return fetching ? <Loading /> : null;
  const { reputation } = data;
  return (
    <>
      {reputation ? (
        <Verdict reputation={reputation} />
      ) : (
        <Empty>
          <strong className="subject">{asked}</strong> {t('lookup.unknown')}
        </Empty>
      )}
      <div className="columns">
        <ReputationHistory subject={asked} at={at} />
        <Around subject={reputation?.subject ?? asked} />
      </div>
    </>
  );
}

function Verdict({ reputation }: { readonly reputation: Shown }) {
  const { t, word, format } = useLanguage();
  const inPercent = (share: number) => `${format.number(Math.round(share * 1_000) / 10)} %`;
  return (
    <Panel
      title={reputation.subject}
      aside={
        <Badge tone={reputation.listed ? 'bad' : 'good'}>
          {reputation.listed ? t('listings.listed') : t('listings.notListed')}
        </Badge>
      }
    >
      <div className="verdict">
        <p className="big-score">
          <span className="muted">{t('column.score')}</span>
          <strong>{reputation.score}</strong>
          <span className="muted">/ 100</span>
        </p>
        <Facts
          facts={[
            [
              t('column.advice'),
              <Badge key="advice" tone={ADVICE_TONE[reputation.recommendation] ?? 'plain'}>
                {word('advice', reputation.recommendation)}
              </Badge>,
            ],
            [t('column.categories'), <Categories key="categories" values={reputation.categories} />],
            [t('column.confidence'), `${format.number(reputation.confidence)} / 100`],
            ...(reputation.probability === null
              ? []
              : [[t('lookup.probability'), inPercent(reputation.probability)] as const]),
            [t('column.members'), format.blurred(reputation.memberCount)],
            [t('column.firstSeen'), <Time key="first" at={reputation.firstSeen} />],
            [t('column.lastSeen'), <Time key="last" at={reputation.lastSeen} />],
            ...(reputation.listedUntil === null
              ? []
              : [[t('lookup.listedUntil'), <Time key="until" at={reputation.listedUntil} />] as const]),
            [t('column.expiresAt'), <Time key="expires" at={reputation.expiresAt} />],
          ]}
        />
      </div>
      <h3>{t('lookup.why')}</h3>
      {reputation.explanation.length === 0 ? (
        <Empty>{t('lookup.noEvidence')}</Empty>
      ) : (
        <ExplanationBar score={reputation.score} lines={reputation.explanation} />
      )}
    </Panel>
  );
}

function Around({ subject }: { readonly subject: string }) {
  const { t } = useLanguage();
  const networks = useMemo(() => networksAround(subject), [subject]);
  const variables = useMemo(() => ({ subjects: networks }), [networks]);
  const [{ data }] = useQuery({ query: AROUND, variables, pause: networks.length === 0 });
  const [{ data: campaigns }] = useQuery({ query: CAMPAIGNS });
  const names = new Set([subject, ...networks]);
  const related = (campaigns?.campaigns.edges ?? [])
    .map(({ node }) => node)
    .filter(({ networks: sending, fromDomains, linkedHosts }) =>
      [...sending, ...fromDomains, ...linkedHosts].some((name) => names.has(name.subject)),
    );
  return (
    <Panel title={t('lookup.around')}>
      <h3>{t('lookup.networks')}</h3>
      {networks.length === 0 ? (
        <p className="muted">{t('lookup.noNetwork')}</p>
      ) : (
        <ul className="lines">
          {networks.map((network, i) => {
            const reputation = data?.reputations[i];
            return (
              <li key={network}>
                <SubjectLink subject={network} />
                {reputation ? (
                  <>
                    <Badge tone={reputation.listed ? 'bad' : 'good'}>
                      {reputation.listed ? t('listings.listed') : t('listings.notListed')}
                    </Badge>
                    <Score value={reputation.score} />
                  </>
                ) : (
                  <span className="muted">{t('lookup.networkUnknown')}</span>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <h3>{t('lookup.campaigns')}</h3>
      {related.length === 0 ? (
        <p className="muted">{t('lookup.noCampaigns')}</p>
      ) : (
        <ul className="lines">
          {related.map((campaign) => (
            <li key={campaign.id}>
              <Link href={`/campaigns/${campaign.id}`} className="subject">
                {campaignName(campaign)}
              </Link>
              <span className="muted end">
                <Time at={campaign.lastSeen} isShort />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
