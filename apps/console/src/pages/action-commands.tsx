import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Field } from '../parts/fields.tsx';
import { Time } from '../parts/marks.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { COMMENT, ROLL_BACK, SCHEDULE, VOTE, type ShownAction } from './action-query.ts';

interface Commanded {
  readonly action: ShownAction;
  readonly onDone: () => void;
}

type Outcome =
  { readonly __typename: 'Action' } | { readonly __typename: 'ActionRefused'; readonly code: string };

/** What can be done about the action in its state; the hub has the last word. */
export function ActionCommands({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  return (
    <>
      {action.isVoting && <Ballot {...{ action, onDone }} />}
      {action.state === 'APPROVED' && <Schedule {...{ action, onDone }} />}
      {(action.state === 'SCHEDULED' || action.state === 'IN_FORCE') && action.rollBackAt === null && (
        <RollBack {...{ action, onDone }} />
      )}
      <Panel title={t('actions.discussion')}>
        <Discussion {...{ action, onDone }} />
      </Panel>
    </>
  );
}

const refusalOf = (outcome: Outcome | undefined): string | undefined =>
  outcome?.__typename === 'ActionRefused' ? outcome.code : undefined;

const VOTES = ['YES', 'NO', 'ABSTAIN'] as const;

function Ballot({ action, onDone }: Commanded) {
  const { t, word } = useLanguage();
  const [reason, setReason] = useState('');
  const [{ data, error, fetching }, send] = useMutation(VOTE);
  if (action.isRecused) return <p className="note">{t('actions.recusedLead')}</p>;
  if (action.myVote !== null) {
    return <p className="note good">{t('actions.voted', { vote: word('vote', action.myVote) })}</p>;
  }
  const refusal = refusalOf(data?.voteOnAction);
  return (
    <Panel title={t('actions.vote')}>
      <div className="form">
        <Field label={t('actions.voteReason')} hint={t('actions.voteHint')}>
          {(ids) => (
            <textarea
              {...ids}
              maxLength={4_000}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
              }}
            />
          )}
        </Field>
        <div className="buttons">
          {VOTES.map((vote) => (
            <button
              key={vote}
              type="button"
              className={vote === 'YES' ? 'primary' : ''}
              disabled={fetching}
              onClick={() => void send({ id: action.id, vote, reason: reason.trim() }).then(onDone)}
            >
              {word('vote', vote)}
            </button>
          ))}
        </div>
      </div>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
    </Panel>
  );
}

/** The value of an input of type datetime-local, which is in the device's own time zone. */
const toMoment = (text: string) => new Date(text).toISOString();

function Schedule({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const [effectiveAt, setEffectiveAt] = useState('');
  const [expiresAt, setExpiresAt] = useState('');
  const [{ data, error, fetching }, send] = useMutation(SCHEDULE);
  const refusal = refusalOf(data?.scheduleAction);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { id, version } = action;
    await send({ id, version, effectiveAt: toMoment(effectiveAt), expiresAt: toMoment(expiresAt) });
    onDone();
  };
  return (
    <Panel title={t('actions.schedule')}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label={t('column.effectiveAt')} hint={t('actions.effectiveHint')}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              required
              value={effectiveAt}
              onChange={(event) => {
                setEffectiveAt(event.target.value);
              }}
            />
          )}
        </Field>
        <Field label={t('column.expiresAt')}>
          {(ids) => (
            <input
              {...ids}
              type="datetime-local"
              required
              value={expiresAt}
              onChange={(event) => {
                setExpiresAt(event.target.value);
              }}
            />
          )}
        </Field>
        <button type="submit" className="primary" disabled={fetching}>
          {t('actions.schedule')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {refusal !== undefined && <Fault code={refusal} />}
      </form>
    </Panel>
  );
}

function RollBack({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const [reason, setReason] = useState('');
  const [{ data, error, fetching }, send] = useMutation(ROLL_BACK);
  const refusal = refusalOf(data?.rollBackAction);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    await send({ id: action.id, version: action.version, reason: reason.trim() });
    onDone();
  };
  return (
    <Panel title={t('actions.rollBack')}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label={t('column.reason')}>
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={4_000}
              autoComplete="off"
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
              }}
            />
          )}
        </Field>
        <button type="submit" className="danger" disabled={fetching}>
          {t('actions.rollBackNow')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {refusal !== undefined && <Fault code={refusal} />}
      </form>
    </Panel>
  );
}

function Discussion({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const [text, setText] = useState('');
  const [{ data, error, fetching }, send] = useMutation(COMMENT);
  const refusal = refusalOf(data?.commentOnAction);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (fetching) return;
    const { data: answer } = await send({ id: action.id, text: text.trim() });
    if (answer?.commentOnAction.__typename === 'Action') setText('');
    onDone();
  };
  return (
    <>
      <ul className="lines">
        {action.comments.map(({ id, memberId, text: said, at }) => (
          <li key={id}>
            <code>{memberId}</code>
            <span className="text grow">{said}</span>
            <span className="muted">
              <Time at={at} isShort />
            </span>
          </li>
        ))}
      </ul>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label={t('actions.comment')}>
          {(ids) => (
            <textarea
              {...ids}
              required
              maxLength={4_000}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
              }}
            />
          )}
        </Field>
        <button type="submit" disabled={fetching}>
          {t('actions.say')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {refusal !== undefined && <Fault code={refusal} />}
      </form>
    </>
  );
}
