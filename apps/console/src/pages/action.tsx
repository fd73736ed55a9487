import { useQuery } from 'urql';
import { Link, useParams } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useChanges } from '../graphql/use-changes.ts';
import { useLanguage } from '../language/use-language.ts';
import { Facts } from '../parts/facts.tsx';
import { Badge, SubjectLink, Time } from '../parts/marks.tsx';
import { Empty, Fault, Loading } from '../parts/notes.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { useSettings } from '../settings/settings.ts';
import { ActionCommands } from './action-commands.tsx';
import { ACTION, ACTION_CHANGED, ACTION_TONE, PART_TONE, partOf, type ShownAction } from './action-query.ts';

export default function Action() {
  const { t, word } = useLanguage();
  const { id = '' } = useParams();
  const [{ data, fetching, error }, refresh] = useQuery({
    query: ACTION,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  useChanges(ACTION_CHANGED, (change) => {
    if (change === undefined || change.actionChanged.id === id) refresh({ requestPolicy: 'network-only' });
  });
  const action = data?.action;
  return (
    <Page
      title={action?.title ?? t('actions.one')}
      lead={<Link href="/actions">{t('actions.back')}</Link>}
      actions={
        action && (
          <>
            {action.isEmergency && <Badge tone="bad">{t('actions.isEmergency')}</Badge>}
            <Badge tone={ACTION_TONE[action.state] ?? 'plain'}>{word('actionState', action.state)}</Badge>
          </>
        )
      }
    >
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {fetching && !data && <Loading />}
      {data && !action && <Empty>{t('actions.gone')}</Empty>}
      {action && (
        <>
          {action.state === 'REPORTED' && <Report id={action.id} />}
          <Proposal action={action} />
          <Rehearsal action={action} />
          <Participants action={action} />
          <ActionCommands
            action={action}
            onDone={() => {
              refresh({ requestPolicy: 'network-only' });
            }}
          />
          <Record action={action} />
        </>
      )}
    </Page>
  );
}

/** Pages of the hub outside the console, in the person's language and times: they print to PDF. */
function Report({ id }: { readonly id: string }) {
  const { t, language } = useLanguage();
  const { timeZone } = useSettings();
  const zone = timeZone === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = (format: string) =>
    `/actions/${id}/report?${new URLSearchParams({ format, language, zone }).toString()}`;
  return (
    <Panel title={t('actions.report')}>
      <p>{t('actions.reportLead')}</p>
      <p className="links">
        <a href={at('html')} target="_blank" rel="noreferrer">
          {t('actions.reportPage')}
        </a>
        <a href={at('json')} download={`sekisho-action-${id}.json`}>
          JSON
        </a>
      </p>
    </Panel>
  );
}

function Proposal({ action }: { readonly action: ShownAction }) {
  const { t, word, format } = useLanguage();
  const { tally } = action;
  const moment = (name: string, at: string | null) =>
    at === null ? [] : [[name, <Time key={name} at={at} />] as const];
  return (
    <Panel title={t('actions.proposal')}>
      <p className="text">{action.reason}</p>
      <Facts
        facts={[
          [t('column.type'), word('actionKind', action.kind)],
          [t('actions.proposedBy'), <code key="by">{action.proposedBy}</code>],
          [t('column.proposedAt'), <Time key="proposed" at={action.proposedAt} />],
          ...(action.category === null
            ? []
            : [[t('column.categories'), word('category', action.category)] as const]),
          ...(action.concerns === null
            ? []
            : [[t('actions.concerns'), <code key="of">{action.concerns}</code>] as const]),
          ...(action.messagesPerHour === null
            ? []
            : [[t('actions.messagesPerHour'), format.number(action.messagesPerHour)] as const]),
          ...(action.noticeTo === null ? [] : [[t('actions.noticeTo'), action.noticeTo] as const]),
          ...moment(t('actions.votingEndsAt'), action.votingEndsAt),
          ...moment(t('column.effectiveAt'), action.effectiveAt),
          ...moment(t('column.expiresAt'), action.expiresAt),
          ...moment(t('actions.rollBackAt'), action.rollBackAt),
          ...moment(t('actions.endedAt'), action.endedAt),
          // Before a vote there are no electors.
          ...(tally.eligible === 0
            ? []
            : [
                [
                  t('actions.tally'),
                  t('actions.tallyText', { yes: tally.yes, no: tally.no, abstain: tally.abstain }),
                ] as const,
                [
                  t('actions.quorum'),
                  t('actions.quorumText', {
                    quorum: tally.quorum,
                    eligible: tally.eligible,
                    recused: tally.recused,
                  }),
                ] as const,
              ]),
        ]}
      />
      {action.noticeText !== null && <pre tabIndex={0}>{action.noticeText}</pre>}
      {action.subjects.length > 0 && (
        <>
          <h3>{t('actions.subjects')}</h3>
          <ul className="inline-list">
            {action.subjects.map((subject) => (
              <li key={subject}>
                <SubjectLink subject={subject} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Rehearsal({ action: { rehearsal } }: { readonly action: ShownAction }) {
  const { t, word, format } = useLanguage();
  if (rehearsal === null) return null;
  return (
    <Panel title={t('actions.rehearsal')}>
      <p>{t('actions.rehearsalAnswered', { count: format.blurred(rehearsal.answered) })}</p>
      {rehearsal.distribution.length > 0 && (
        <div className="scroll" role="group" aria-label={t('actions.rehearsal')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('actions.measure')}</th>
                <th scope="col">{t('actions.bucket')}</th>
                <th scope="col" className="number">
                  {t('actions.expected')}
                </th>
                <th scope="col" className="number">
                  {t('actions.actual')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rehearsal.distribution.map(({ measure, from, members }) => {
                const actual = rehearsal.actual.find(
                  (share) => share.measure === measure && share.from === from,
                );
                return (
                  <tr key={`${measure} ${String(from)}`}>
                    <th scope="row">{word('measure', measure)}</th>
                    <td>{from === 0 ? '< 5' : `≥ ${format.number(from)}`}</td>
                    <td className="number">{format.blurred(members)}</td>
                    <td className="number">{actual ? format.blurred(actual.members) : '–'}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <p className="hint">{t('actions.rehearsalHint')}</p>
    </Panel>
  );
}

function Participants({ action }: { readonly action: ShownAction }) {
  const { t, word, format } = useLanguage();
  if (action.participants.length === 0) return null;
  const participants = action.participants.map((one) => ({ ...one, part: partOf(action, one.state) }));
  const skew = (milliseconds: number | null) => (milliseconds === null ? '–' : format.duration(milliseconds));
  return (
    <Panel title={t('actions.participants')}>
      <p className="links">
        {Object.entries(PART_TONE).map(([part, tone]) => {
          const count = participants.filter((one) => one.part === part).length;
          return (
            <Badge key={part} tone={count === 0 ? 'plain' : tone}>
              {`${word('participation', part)} ${format.number(count)}`}
            </Badge>
          );
        })}
      </p>
      <div className="scroll" role="group" aria-label={t('actions.participants')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('column.member')}</th>
              <th scope="col">{t('column.state')}</th>
              <th scope="col" className="number">
                {t('actions.skew')}
              </th>
              <th scope="col" className="number">
                {t('actions.removalSkew')}
              </th>
              <th scope="col">{t('column.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {participants.map(({ memberId, part, skewMs, removalSkewMs, note }) => (
              <tr key={memberId}>
                <th scope="row">
                  <code>{memberId}</code>
                </th>
                <td>
                  <Badge tone={PART_TONE[part] ?? 'plain'}>{word('participation', part)}</Badge>
                </td>
                <td className="number">{skew(skewMs)}</td>
                <td className="number">{skew(removalSkewMs)}</td>
                <td className="text">{note}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Record({ action }: { readonly action: ShownAction }) {
  const { t, word } = useLanguage();
  return (
    <div className="columns">
      <Panel title={t('actions.history')}>
        <ul className="lines">
          {action.history.map(({ at, by, transition, state, reason, logIndex }) => (
            <li key={logIndex} title={transition}>
              <span className="muted">
                <Time at={at} />
              </span>
              <Badge tone={ACTION_TONE[state] ?? 'plain'}>{word('actionState', state)}</Badge>
              <code>{by}</code>
              {reason !== '' && <span className="text grow">{reason}</span>}
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('actions.votes')}>
        {action.votes.length === 0 ? (
          <Empty>{action.isVoting ? t('actions.votesHidden') : t('actions.noVotes')}</Empty>
        ) : (
          <ul className="lines">
            {action.votes.map(({ memberId, vote, reason }) => (
              <li key={memberId}>
                <code>{memberId}</code>
                <strong>{word('vote', vote)}</strong>
                <span className="text grow">{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
