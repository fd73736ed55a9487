import { useState } from 'react';
import { useQuery } from 'urql';
import { Link, useParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Badge, Categories, Score, spelled, SubjectLink, Time } from '../parts/marks.tsx';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useNow } from '../parts/use-now.ts';
import { AppealDecision } from './appeal-decision.tsx';
import { APPEAL, APPEAL_CHANGED, APPEALED, type ShownAppeal } from './appeal-query.ts';
import { StateBadge } from './appeals.tsx';
import { ExplanationBar } from './explanation-bar.tsx';
import { ReputationHistory } from './reputation-history.tsx';

/** The hub waits ten minutes for its edges, and tells moments to ten minutes. */
const EFFECT_WITHIN_MS = 20 * 60_000;

const waitsForEffect = ({ outcome, decidedAt, effectMs }: ShownAppeal, now: Date): boolean =>
  (outcome === 'UPHELD' || outcome === 'RELEASED') &&
  effectMs === null &&
  decidedAt !== null &&
  now.getTime() - new Date(decidedAt).getTime() < EFFECT_WITHIN_MS;

export default function Appeal() {
  const { t } = useLanguage();
  const { id = '' } = useParams();
  const now = useNow();
  const [at] = useState(() => new Date());
  const [{ data, fetching, error }, refresh] = useQuery({
    query: APPEAL,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const appeal = data?.appeal;
  const isWaiting = appeal ? waitsForEffect(appeal, now) : false;
  // Another reviewer decides it, or an edge has the correction.
  useChanges(APPEAL_CHANGED, (change) => {
    if (change === undefined || change.appealChanged.id === id) refresh({ requestPolicy: 'network-only' });
  });
  return (
    <Page
      title={appeal ? t('appeals.about', { subject: appeal.subject }) : t('appeals.one')}
      lead={<Link href="/appeals">{t('appeals.back')}</Link>}
      actions={appeal && <StateBadge appeal={appeal} />}
    >
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && !appeal && <Empty>{t('appeals.gone')}</Empty>}
      {appeal && (
        <>
          {appeal.outcome !== null && <Outcome {...{ appeal, isWaiting }} />}
          <div className="columns">
            <Filed appeal={appeal} />
            <Words text={appeal.text} />
          </div>
          <Listed appeal={appeal} />
          <AppealDecision
            // Stays while the appeal changes: what was typed is not lost when somebody else decides.
            key={appeal.id}
            appeal={appeal}
            onChanged={() => {
              refresh({ requestPolicy: 'network-only' });
            }}
          />
          <ReputationHistory subject={appeal.subject} at={at} />
        </>
      )}
    </Page>
  );
}

function Filed({ appeal }: { readonly appeal: ShownAppeal }) {
  const { t, word } = useLanguage();
  return (
    <Panel title={t('appeals.filed')}>
      <Facts
        facts={[
          [t('column.subject'), <SubjectLink key="subject" subject={appeal.subject} />],
          [t('appeals.listedFor'), word('category', spelled(appeal.reasonClass))],
          [t('column.filedAt'), <Time key="filed" at={appeal.filedAt} />],
          ...(appeal.dueAt === null
            ? []
            : [
                [
                  t('column.dueAt'),
                  <span key="due" className={appeal.isOverdue ? 'late' : ''}>
                    <Time at={appeal.dueAt} />
                  </span>,
                ] as const,
              ]),
        ]}
      />
      {appeal.isOverdue && <p className="note fault">{t('appeals.overdueLead')}</p>}
    </Panel>
  );
}

/** A stranger's text: shown as it is, with nothing in it that can be followed. */
function Words({ text }: { readonly text: string }) {
  const { t } = useLanguage();
  return (
    <Panel title={t('appeals.words')}>
      {text === '' ? (
        <Empty>{t('appeals.wordsForgotten')}</Empty>
      ) : (
        <>
          <blockquote className="words" dir="auto">
            {text}
          </blockquote>
          <p className="hint">{t('appeals.wordsHint')}</p>
        </>
      )}
    </Panel>
  );
}

function Outcome({ appeal, isWaiting }: { readonly appeal: ShownAppeal; readonly isWaiting: boolean }) {
  const { t, word, format } = useLanguage();
  const { outcome, reason, decidedAt, effectMs, effectEdges } = appeal;
  if (outcome === null) return null;
  return (
    <Panel title={t('appeals.decision')}>
      <Facts
        facts={[
          [t('appeals.outcome'), word('appealOutcome', outcome)],
          ...(decidedAt === null
            ? []
            : [[t('appeals.decidedAt'), <Time key="at" at={decidedAt} />] as const]),
          ...(outcome === 'REJECTED'
            ? []
            : [
                [
                  t('appeals.effect'),
                  <span key="effect" role="status">
                    {effectMs !== null
                      ? t('appeals.effectOf', {
                          time: format.duration(effectMs),
                          edges: format.number(effectEdges),
                        })
                      : isWaiting
                        ? t('appeals.effectWaiting')
                        : t('appeals.effectUnknown')}
                  </span>,
                ] as const,
              ]),
        ]}
      />
      {reason !== null && reason !== '' && (
        <>
          <h3>{t('column.reason')}</h3>
          <blockquote className="words" dir="auto">
            {reason}
          </blockquote>
        </>
      )}
      <p className="hint">{word('appealOutcomeHint', outcome)}</p>
    </Panel>
  );
}

function Listed({ appeal }: { readonly appeal: ShownAppeal }) {
  const { t, format } = useLanguage();
  const [{ data }] = useQuery({
    query: APPEALED,
    variables: { subject: appeal.subject },
    requestPolicy: 'cache-and-network',
  });
  const now = data?.reputation;
  const total = appeal.evidence.reduce((sum, { contribution }) => sum + contribution, 0);
  return (
    <Panel title={t('appeals.evidence')}>
      {now && (
        <Facts
          facts={[
            [t('column.score'), <Score key="score" value={now.score} />],
            [
              t('column.state'),
              <Badge key="listed" tone={now.listed ? 'bad' : 'good'}>
                {now.listed ? t('listings.listed') : t('listings.notListed')}
              </Badge>,
            ],
            [t('column.categories'), <Categories key="categories" values={now.categories} />],
            [t('column.members'), format.blurred(now.memberCount)],
            [t('column.firstSeen'), <Time key="first" at={now.firstSeen} />],
            [t('column.lastSeen'), <Time key="last" at={now.lastSeen} />],
          ]}
        />
      )}
      {appeal.evidence.length === 0 ? (
        <Empty>{t('lookup.noEvidence')}</Empty>
      ) : (
        <>
          <h3>{t('lookup.why')}</h3>
          <ExplanationBar
            score={now?.score ?? Math.round(Math.max(0, Math.min(100, total)))}
            lines={appeal.evidence}
          />
        </>
      )}
      <p className="hint">{t('appeals.evidenceHint')}</p>
    </Panel>
  );
}
