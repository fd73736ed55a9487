import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Link, useParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Badge, SubjectLink, Time } from '../parts/marks.tsx';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { campaignName } from './campaign-name.ts';

const CAMPAIGN = graphql(`
  query Campaign($id: ID!) {
    campaign(id: $id) {
      id
      firstSeen
      lastSeen
      outbreakAt
      isConfirmed
      memberCount
      copiesAtLeast
      spread {
        at
        copiesAtLeast
        memberCount
      }
      fromDomains {
        subject
        memberCount
        copiesAtLeast
        passPercent
      }
      linkedHosts {
        subject
        memberCount
        copiesAtLeast
        passPercent
      }
      networks {
        subject
        memberCount
        copiesAtLeast
        passPercent
      }
    }
  }
`);

type Shown = NonNullable<ResultOf<typeof CAMPAIGN>['campaign']>;

export default function Campaign() {
  const { t } = useLanguage();
  const { id = '' } = useParams();
  const [{ data, fetching, error }] = useQuery({
    query: CAMPAIGN,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const campaign = data?.campaign;
  return (
    <Page
      title={campaign ? campaignName(campaign) : t('campaigns.one')}
      lead={<Link href="/campaigns">{t('campaigns.back')}</Link>}
    >
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && !campaign && <Empty>{t('campaigns.gone')}</Empty>}
      {campaign && <Details campaign={campaign} />}
    </Page>
  );
}

const seenBy = (count: number | string) => (typeof count === 'number' ? count : null);

function Details({ campaign }: { readonly campaign: Shown }) {
  const { t, format } = useLanguage();
  const times = useMemo(() => campaign.spread.map(({ at }) => new Date(at)), [campaign]);
  const curves = useMemo(
    () => [
      {
        label: t('campaigns.copiesCurve'),
        values: campaign.spread.map(({ copiesAtLeast }) => copiesAtLeast),
        color: '--chart-1' as const,
        isBars: true,
      },
      {
        label: t('column.members'),
        values: campaign.spread.map(({ memberCount }) => seenBy(memberCount)),
        color: '--chart-2' as const,
      },
    ],
    [campaign, t],
  );
  return (
    <>
      <Panel title={t('campaigns.facts')}>
        <Facts
          facts={[
            [
              t('column.state'),
              campaign.isConfirmed ? (
                <Badge key="state" tone="warn">
                  {t('campaigns.confirmed')}
                </Badge>
              ) : (
                t('campaigns.suspected')
              ),
            ],
            [t('column.members'), format.blurred(campaign.memberCount)],
            [
              t('column.copies'),
              campaign.copiesAtLeast === null ? '–' : `≥ ${format.number(campaign.copiesAtLeast)}`,
            ],
            [t('column.firstSeen'), <Time key="first" at={campaign.firstSeen} />],
            [t('column.lastSeen'), <Time key="last" at={campaign.lastSeen} />],
            [
              t('campaigns.outbreakAt'),
              campaign.outbreakAt ? (
                <Time key="outbreak" at={campaign.outbreakAt} />
              ) : (
                t('campaigns.noOutbreak')
              ),
            ],
            [t('column.id'), <code key="id">{campaign.id}</code>],
          ]}
        />
      </Panel>
      <Panel title={t('campaigns.spread')}>
        {campaign.spread.length === 0 ? (
          <Empty>{t('campaigns.spreadBlurred')}</Empty>
        ) : (
          <TimeChart label={t('campaigns.spreadLabel')} times={times} curves={curves} />
        )}
      </Panel>
      <div className="columns thirds">
        <Names
          title={t('campaigns.fromDomains')}
          hint={t('campaigns.fromDomainsHint')}
          names={campaign.fromDomains}
          hasPass
        />
        <Names title={t('campaigns.linkedHosts')} names={campaign.linkedHosts} />
        <Names title={t('campaigns.networks')} names={campaign.networks} />
      </div>
    </>
  );
}

interface NamesProps {
  readonly title: string;
  readonly hint?: string;
  readonly names: Shown['networks'];
  readonly hasPass?: boolean;
}

function Names({ title, hint, names, hasPass }: NamesProps) {
  const { t, format } = useLanguage();
  return (
    <Panel title={title}>
      {names.length === 0 ? (
        <Empty>{t('campaigns.noNames')}</Empty>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('column.subject')}</th>
                <th scope="col" className="number">
                  {t('column.members')}
                </th>
                <th scope="col" className="number">
                  {hasPass ? t('column.passed') : t('column.copies')}
                </th>
              </tr>
            </thead>
            <tbody>
              {names.map(({ subject, memberCount, copiesAtLeast, passPercent }) => (
                <tr key={subject}>
                  <th scope="row">
                    <SubjectLink subject={subject} />
                  </th>
                  <td className="number">{format.blurred(memberCount)}</td>
                  <td className="number">
                    {hasPass
                      ? passPercent === null
                        ? '–'
                        : `${String(passPercent)} %`
                      : `≥ ${format.number(copiesAtLeast)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hint !== undefined && <p className="hint">{hint}</p>}
    </Panel>
  );
}
