// What this person's own member does about an action: it takes part, has carried it out by hand, or vetoes for itself.
import { useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Badge } from '../parts/marks.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { TextArea } from '../parts/text-fields.tsx';
import { useSession } from '../session/session-store.ts';
import { ACKNOWLEDGE, PART_TONE, partOf, refusalOf, type Commanded } from './action-query.ts';

/** Kinds that mail servers carry out; of the others a person says that it was done (docs/workgroup.md). */
const BY_MAIL_SERVERS: readonly string[] = ['JOINT_LISTING', 'JOINT_THROTTLE'];
const BY_THE_HUB: readonly string[] = ['MEMBER_SUSPENSION'];

export function Participation({ action, onDone }: Commanded) {
  const { t, word } = useLanguage();
  const { member } = useSession();
  const own = action.participants.find(({ memberId }) => memberId === member?.id);
  const [{ data, error, fetching }, acknowledge] = useMutation(ACKNOWLEDGE);
  if (!own || BY_THE_HUB.includes(action.kind)) return null;
  const refusal = refusalOf(data?.acknowledgeAction);
  const part = partOf(action, own.state);
  const isVetoed = own.state === 'VETOED';
  const isDueByHand =
    !BY_MAIL_SERVERS.includes(action.kind) && action.state === 'IN_FORCE' && own.state !== 'APPLIED';
  const say = (state: 'READY' | 'APPLIED') => {
    if (!fetching) void acknowledge({ id: action.id, state, reason: '' }).then(onDone);
  };
  return (
    <Panel
      title={t('actions.ownPart')}
      aside={<Badge tone={PART_TONE[part] ?? 'plain'}>{word('participation', part)}</Badge>}
    >
      {isVetoed && (
        <>
          <p>{t('actions.vetoed')}</p>
          <blockquote className="words" dir="auto">
            {own.note}
          </blockquote>
        </>
      )}
      {(isVetoed || isDueByHand) && (
        <div className="buttons">
          {isVetoed ? (
            <button
              type="button"
              disabled={fetching}
              onClick={() => {
                say('READY');
              }}
            >
              {t('actions.vetoEnd')}
            </button>
          ) : (
            <button
              type="button"
              className="primary"
              disabled={fetching}
              onClick={() => {
                say('APPLIED');
              }}
            >
              {t('actions.carriedOut')}
            </button>
          )}
        </div>
      )}
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
      {!isVetoed && own.state !== 'REMOVED' && <Veto {...{ action, onDone }} />}
    </Panel>
  );
}

function Veto({ action, onDone }: Commanded) {
  const { t } = useLanguage();
  const { member } = useSession();
  const [reason, setReason] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const [{ data, error, fetching }, acknowledge] = useMutation(ACKNOWLEDGE);
  const ask = (event: SyntheticEvent) => {
    event.preventDefault();
    setIsAsking(true);
  };
  const send = async () => {
    if (fetching) return;
    const { data: answer } = await acknowledge({ id: action.id, state: 'VETOED', reason: reason.trim() });
    if (answer?.acknowledgeAction.__typename === 'Action') setIsAsking(false);
    onDone();
  };
  return (
    <>
      <h3>{t('actions.veto')}</h3>
      <p>{t('actions.vetoLead')}</p>
      <form className="form" onSubmit={ask}>
        <TextArea
          label={t('actions.vetoReason')}
          hint={t('actions.vetoHint')}
          max={4_000}
          value={reason}
          onChange={setReason}
        />
        <button type="submit" className="danger" disabled={fetching}>
          {t('actions.vetoNow')}
        </button>
      </form>
      {isAsking && (
        <Confirm
          title={t('actions.veto')}
          action={t('actions.vetoNow')}
          isDangerous
          isBusy={fetching}
          error={error}
          refusal={refusalOf(data?.acknowledgeAction)}
          onConfirm={() => void send()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>{t('actions.vetoConsequence', { member: member?.name ?? '' })}</p>
          {BY_MAIL_SERVERS.includes(action.kind) && (
            <>
              <p>{t('actions.vetoAgent')}</p>
              <pre>{`sekisho action veto ${action.id} --reason '…'`}</pre>
            </>
          )}
        </Confirm>
      )}
    </>
  );
}
