import { useState } from 'react';
import { useMutation } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Badge, SubjectLink, Time } from '../parts/marks.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { STATE_TONE, type AlertRow } from './alert-query.ts';
import { EvidencePanel } from './evidence-panel.tsx';

const ANSWER = graphql(`
  mutation AnswerAlert($id: ID!, $answer: AlertAnswer!) {
    answerAlert(id: $id, answer: $answer) {
      id
      state
      quietAt
    }
  }
`);

/** What can still be said in each state: answers only go forwards (libs/feedback). */
const ANSWERS: Readonly<Record<string, readonly ('SEEN' | 'FOUND' | 'FIXED')[]>> = {
  open: ['SEEN', 'FOUND', 'FIXED'],
  seen: ['FOUND', 'FIXED'],
  found: ['FIXED'],
};

export function AlertPanel({ alert, back }: { readonly alert: AlertRow; readonly back: string }) {
  const { t, word, format } = useLanguage();
  const [{ fetching, error }, send] = useMutation(ANSWER);
  const [said, setSaid] = useState<string>();
  const answers = ANSWERS[alert.state] ?? [];
  return (
    <Panel
      title={t('alerts.one', { subject: alert.subject })}
      aside={<Link href={back}>{t('dialog.close')}</Link>}
    >
      <Facts
        facts={[
          [t('column.subject'), <SubjectLink key="subject" subject={alert.subject} />],
          [
            t('column.state'),
            <Badge key="state" tone={STATE_TONE[alert.state] ?? 'plain'}>
              {word('alertState', alert.state)}
            </Badge>,
          ],
          [t('column.categories'), word('category', alert.category)],
          [t('column.messages'), `≥ ${format.number(alert.messages)}`],
          [t('column.lastSeen'), <Time key="last" at={alert.lastSeen} />],
          [t('column.openedAt'), <Time key="opened" at={alert.openedAt} />],
          ...(alert.quietAt !== null && alert.state === 'observing'
            ? [[t('alerts.quietAt'), <Time key="quiet" at={alert.quietAt} />] as const]
            : []),
          ...(alert.failedFixes > 0
            ? [[t('alerts.failedFixes'), format.number(alert.failedFixes)] as const]
            : []),
          ...(alert.closedAt !== null
            ? [
                [
                  t('alerts.closedAt'),
                  <span key="closed">
                    <Time at={alert.closedAt} />{' '}
                    {alert.outcome !== null && word('alertOutcome', alert.outcome)}
                  </span>,
                ] as const,
              ]
            : []),
        ]}
      />
      {answers.length > 0 && (
        <div className="answers" role="group" aria-label={t('alerts.answer')}>
          <span>{t('alerts.answer')}</span>
          {answers.map((answer) => (
            <button
              key={answer}
              type="button"
              className={answer === 'FIXED' ? 'primary' : ''}
              disabled={fetching}
              onClick={() => {
                void send({ id: alert.id, answer }).then((result) => {
                  if (!result.error) setSaid(answer);
                });
              }}
            >
              {word('alertAnswer', answer)}
            </button>
          ))}
        </div>
      )}
      {alert.state === 'observing' && (
        <p className="note good" role="status">
          {alert.endsEarly ? t('alerts.observing') : t('alerts.observingFullTerm')}
        </p>
      )}
      {said !== undefined && alert.state !== 'observing' && (
        <p className="note good" role="status">
          {t('alerts.answered')}
        </p>
      )}
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      <h3>{t('evidence.title')}</h3>
      <EvidencePanel subject={alert.subject} count={alert.evidenceCount} />
    </Panel>
  );
}
