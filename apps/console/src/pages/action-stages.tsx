// What becomes of an action before it is voted on: a draft, a proposal that is taken back, an emergency.
import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { Link } from 'wouter';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { toLocal, toMoment } from '../parts/moments.ts';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { MomentLine, TextArea } from '../parts/text-fields.tsx';
import { useMay } from '../parts/use-may.ts';
import { useSession } from '../session/session-store.ts';
import { CONFIRM_EMERGENCY, refusalOf, SUBMIT, WITHDRAW, type Commanded } from './action-query.ts';
import { ConductNote } from './conduct-note.tsx';

const MINUTE_MS = 60_000;
/** Long enough for every agent to hear of it; half of what two officers may do without a vote (docs/workgroup.md). */
const EMERGENCY = { leadMs: 10 * MINUTE_MS, termMs: 12 * 60 * MINUTE_MS };

export function Draft({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const [{ data, error, fetching }, submit] = useMutation(SUBMIT);
  const refusal = refusalOf(data?.submitAction);
  return (
    <Panel title={t('actions.draft')}>
      <p>{t('actions.draftLead')}</p>
      <ConductNote />
      <div className="buttons">
        <button
          type="button"
          className="primary"
          disabled={fetching}
          onClick={() => void submit({ id: action.id }).then(onDone)}
        >
          {t('actions.submit')}
        </button>
        <Link href={`/actions/${action.id}/edit`} className="button">
          {t('actions.edit')}
        </Link>
        <WithdrawButton {...{ action, onDone }} label={t('actions.discard')} />
      </div>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
    </Panel>
  );
}

export function Withdrawal({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  return (
    <Panel title={t('actions.withdraw')}>
      <p>{t('actions.withdrawLead')}</p>
      <WithdrawButton {...{ action, onDone }} label={t('actions.withdrawNow')} />
    </Panel>
  );
}

function WithdrawButton({ action, onDone, label }: Commanded & { readonly label: string }) {
  const { t } = useLanguage();
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [{ data, error, fetching }, withdraw] = useMutation(WITHDRAW);
  const send = async () => {
    if (fetching || reason.trim() === '') return;
    const { data: answer } = await withdraw({ id: action.id, reason: reason.trim() });
    if (answer?.withdrawAction.__typename === 'Action') setIsAsking(false);
    onDone();
  };
  return (
    <>
      <button
        type="button"
        className="danger"
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {label}
      </button>
      {isAsking && (
        <Confirm
          title={label}
          action={t('actions.withdrawConfirm')}
          isDangerous
          isBusy={fetching || reason.trim() === ''}
          error={error}
          refusal={refusalOf(data?.withdrawAction)}
          onConfirm={() => void send()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>{t('actions.withdrawConsequence')}</p>
          <div className="form">
            <TextArea label={t('column.reason')} max={4_000} value={reason} onChange={setReason} />
          </div>
        </Confirm>
      )}
    </>
  );
}

/** Waits for the second officer; to everybody else it says so. */
export function Emergency({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const { member, person } = useSession();
  const mayConfirm = useMay('action:schedule');
  const isOurs = action.proposedBy === member?.id;
  const canConfirm = mayConfirm && person.role === 'officer' && !isOurs && member !== null;
  return (
    <Panel title={t('actions.emergency')}>
      <p>{t('actions.emergencyLead')}</p>
      {canConfirm ? (
        <Confirmation {...{ action, onDone }} />
      ) : (
        <p className="note">{isOurs ? t('actions.emergencyOurs') : t('actions.emergencyOthers')}</p>
      )}
    </Panel>
  );
}

function Confirmation({ action, onDone }: Commanded) {
  const { t, format } = useLanguage();
  const [effectiveAt, setEffectiveAt] = useState(() => toLocal(new Date(Date.now() + EMERGENCY.leadMs)));
  const [expiresAt, setExpiresAt] = useState(() =>
    toLocal(new Date(Date.now() + EMERGENCY.leadMs + EMERGENCY.termMs)),
  );
  const [reason, setReason] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const [{ data, error, fetching }, confirm] = useMutation(CONFIRM_EMERGENCY);
  const ask = (event: SyntheticEvent) => {
    event.preventDefault();
    setIsAsking(true);
  };
  const send = async () => {
    if (fetching) return;
    const times = { effectiveAt: toMoment(effectiveAt), expiresAt: toMoment(expiresAt) };
    await confirm({ id: action.id, ...times, reason: reason.trim() });
    setIsAsking(false);
    onDone();
  };
  const refusal = refusalOf(data?.confirmEmergency);
  return (
    <form className="form" onSubmit={ask}>
      <ConductNote />
      <MomentLine
        label={t('column.effectiveAt')}
        hint={t('actions.effectiveHint')}
        value={effectiveAt}
        onChange={setEffectiveAt}
      />
      <MomentLine
        label={t('column.expiresAt')}
        hint={t('actions.emergencyTerm')}
        value={expiresAt}
        onChange={setExpiresAt}
      />
      <TextArea label={t('column.reason')} max={4_000} value={reason} onChange={setReason} />
      <button type="submit" className="danger" disabled={fetching}>
        {t('actions.emergencyConfirm')}
      </button>
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
      {isAsking && (
        <Confirm
          title={t('actions.emergencyConfirm')}
          action={t('actions.emergencyNow')}
          isDangerous
          isBusy={fetching}
          onConfirm={() => void send()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>
            {t('actions.emergencyConsequence', {
              from: format.dateTime(toMoment(effectiveAt)),
              until: format.dateTime(toMoment(expiresAt)),
            })}
          </p>
        </Confirm>
      )}
    </form>
  );
}
