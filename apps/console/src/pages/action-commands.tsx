import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Time } from '../parts/marks.tsx';
import { toMoment } from '../parts/moments.ts';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { MomentLine, TextArea } from '../parts/text-fields.tsx';
import { useMay } from '../parts/use-may.ts';
import { useSession } from '../session/session-store.ts';
import { Participation } from './action-participation.tsx';
import { COMMENT, refusalOf, ROLL_BACK, SCHEDULE, VOTE, type Commanded } from './action-query.ts';
import { Draft, Emergency, Withdrawal } from './action-stages.tsx';
import { ConductNote } from './conduct-note.tsx';

const UNDECIDED: readonly string[] = ['PROPOSED', 'REHEARSAL', 'REVIEW'];
const UNDER_WAY: readonly string[] = ['SCHEDULED', 'IN_FORCE'];

/** What can be done about the action in its state, by this person; the hub has the last word. */
export function ActionCommands({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const { member, person } = useSession();
  const [mayPropose, mayVote] = [useMay('action:propose'), useMay('action:vote')];
  const [maySchedule, mayAcknowledge] = [useMay('action:schedule'), useMay('action:acknowledge')];
  const isOurs = action.proposedBy === member?.id;
  const leads = maySchedule && (isOurs || person.role === 'officer');
  const commanded = { action, onDone };
  const isUnderWay = UNDER_WAY.includes(action.state);
  return (
    <>
      {action.state === 'DRAFT' && isOurs && mayPropose && <Draft {...commanded} />}
      {action.state === 'PROPOSED' && action.isEmergency && <Emergency {...commanded} />}
      {action.isVoting && mayVote && <Ballot {...commanded} />}
      {action.state === 'APPROVED' &&
        (leads ? <Schedule {...commanded} /> : <p className="note">{t('actions.waitsForSchedule')}</p>)}
      {isUnderWay && action.rollBackAt === null && leads && <RollBack {...commanded} />}
      {action.effectiveAt !== null && isUnderWay && mayAcknowledge && <Participation {...commanded} />}
      {UNDECIDED.includes(action.state) && isOurs && mayPropose && <Withdrawal {...commanded} />}
      <Panel title={t('actions.discussion')}>
        <Discussion {...commanded} />
      </Panel>
    </>
  );
}

const VOTES = ['YES', 'NO', 'ABSTAIN'] as const;

function Ballot({ action, onDone }: Commanded) {
  const { t, word } = useLanguage();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState<(typeof VOTES)[number]>();
  const [{ data, error, fetching }, send] = useMutation(VOTE);
  if (action.isRecused) return <p className="note">{t('actions.recusedLead')}</p>;
  if (action.myVote !== null) {
    return <p className="note good">{t('actions.voted', { vote: word('vote', action.myVote) })}</p>;
  }
  const refusal = refusalOf(data?.voteOnAction);
  const cast = async () => {
    if (asked === undefined || fetching) return;
    await send({ id: action.id, vote: asked, reason: reason.trim() });
    setAsked(undefined);
    onDone();
  };
  return (
    <Panel title={t('actions.vote')}>
      <ConductNote />
      <div className="form">
        <TextArea
          label={t('actions.voteReason')}
          hint={t('actions.voteHint')}
          isOptional
          max={4_000}
          value={reason}
          onChange={setReason}
        />
        <div className="buttons">
          {VOTES.map((vote) => (
            <button
              key={vote}
              type="button"
              className={vote === 'YES' ? 'primary' : ''}
              disabled={fetching}
              onClick={() => {
                setAsked(vote);
              }}
            >
              {word('vote', vote)}
            </button>
          ))}
        </div>
      </div>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
      {asked !== undefined && (
        <Confirm
          title={t('actions.voteAsk', { vote: word('vote', asked) })}
          action={t('actions.voteConfirm', { vote: word('vote', asked) })}
          isBusy={fetching}
          onConfirm={() => void cast()}
          onClose={() => {
            setAsked(undefined);
          }}
        >
          <p>{t('actions.voteHint')}</p>
        </Confirm>
      )}
    </Panel>
  );
}

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
        <MomentLine
          label={t('column.effectiveAt')}
          hint={t('actions.effectiveHint')}
          value={effectiveAt}
          onChange={setEffectiveAt}
        />
        <MomentLine label={t('column.expiresAt')} value={expiresAt} onChange={setExpiresAt} />
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
  const [isAsking, setIsAsking] = useState(false);
  const [{ data, error, fetching }, send] = useMutation(ROLL_BACK);
  const roll = async () => {
    if (fetching) return;
    await send({ id: action.id, version: action.version, reason: reason.trim() });
    setIsAsking(false);
    onDone();
  };
  const refusal = refusalOf(data?.rollBackAction);
  return (
    <Panel title={t('actions.rollBack')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setIsAsking(true);
        }}
      >
        <TextArea label={t('column.reason')} max={4_000} value={reason} onChange={setReason} />
        <button type="submit" className="danger" disabled={fetching}>
          {t('actions.rollBackNow')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {refusal !== undefined && <Fault code={refusal} />}
      </form>
      {isAsking && (
        <Confirm
          title={t('actions.rollBack')}
          action={t('actions.rollBackConfirm')}
          isDangerous
          isBusy={fetching}
          onConfirm={() => void roll()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>{t('actions.rollBackConsequence')}</p>
        </Confirm>
      )}
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
        <TextArea label={t('actions.comment')} max={4_000} value={text} onChange={setText} />
        <button type="submit" disabled={fetching}>
          {t('actions.say')}
        </button>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
        {refusal !== undefined && <Fault code={refusal} />}
      </form>
    </>
  );
}
