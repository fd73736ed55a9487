import { useId, useState, type SyntheticEvent } from 'react';
import { useMutation } from 'urql';
import { codeOf } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Fault } from '../parts/notes.tsx';
import { Panel } from '../parts/page.tsx';
import { TextArea } from '../parts/text-fields.tsx';
import { useMay } from '../parts/use-may.ts';
import { DECIDE, type ShownAppeal } from './appeal-query.ts';

const OUTCOMES = ['UPHELD', 'REJECTED'] as const;
type Outcome = (typeof OUTCOMES)[number];
/** apps/hub/src/appeals/appeals.resolver.ts */
const MAX_REASON = 1_000;

interface DecisionProps {
  readonly appeal: ShownAppeal;
  /** After a decision, and when somebody else was quicker. */
  readonly onChanged: () => void;
}

/** The decision, for whoever may give it. Of two reviewers one decides; the other keeps what was written, and sees why. */
export function AppealDecision({ appeal, onChanged }: DecisionProps) {
  const { t, word } = useLanguage();
  const mayDecide = useMay('appeal:decide');
  const [outcome, setOutcome] = useState<Outcome>();
  const [reason, setReason] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const [{ error, fetching }, decide] = useMutation(DECIDE);
  const group = useId();
  if (!mayDecide) return null;
  if (appeal.state !== 'OPEN') return reason === '' ? null : <Unsent text={reason} onChange={setReason} />;
  if (appeal.isConcerned) return <p className="note">{t('appeals.concernedLead')}</p>;

  const ask = (event: SyntheticEvent) => {
    event.preventDefault();
    if (outcome !== undefined) setIsAsking(true);
  };
  const send = async () => {
    if (outcome === undefined || fetching) return;
    const { id, version } = appeal;
    const { error: refusal } = await decide({ id, outcome, reason: reason.trim(), version });
    setIsAsking(false);
    if (!refusal) setReason('');
    // Also when it was refused: as a rule because somebody else has decided.
    onChanged();
  };
  return (
    <Panel title={t('appeals.decide')}>
      <form className="form" onSubmit={ask}>
        <fieldset className="choices" aria-describedby={`${group}-final`}>
          <legend>{t('appeals.outcome')}</legend>
          {OUTCOMES.map((one) => (
            <label key={one} className="choice">
              <input
                type="radio"
                name={group}
                required
                value={one}
                checked={outcome === one}
                onChange={() => {
                  setOutcome(one);
                }}
              />
              <span>
                <strong>{word('appealDecision', one)}</strong>
                <span className="hint">{word('appealDecisionHint', one)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <TextArea
          label={t('column.reason')}
          hint={t('appeals.reasonHint')}
          max={MAX_REASON}
          value={reason}
          onChange={setReason}
        />
        <button type="submit" className="primary" disabled={fetching}>
          {t('appeals.decideNow')}
        </button>
        <p id={`${group}-final`} className="hint">
          {t('appeals.final')}
        </p>
        {error && <Fault code={codeOf(error)} detail={error.message} />}
      </form>
      {isAsking && outcome !== undefined && (
        <Confirm
          title={word('appealDecision', outcome)}
          action={t('appeals.confirm')}
          isDangerous={outcome === 'UPHELD'}
          isBusy={fetching}
          onConfirm={() => void send()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>
            <code>{appeal.subject}</code>
          </p>
          <p>{word('appealConsequence', outcome)}</p>
          <p>{t('appeals.final')}</p>
        </Confirm>
      )}
    </Panel>
  );
}

function Unsent({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const { t } = useLanguage();
  return (
    <Panel title={t('appeals.decidedMeanwhile')}>
      <p className="note" role="status">
        {t('appeals.decidedMeanwhileLead')}
      </p>
      <div className="form">
        <TextArea label={t('appeals.unsent')} isReadOnly max={MAX_REASON} value={text} onChange={onChange} />
        <button
          type="button"
          onClick={() => {
            onChange('');
          }}
        >
          {t('appeals.forgetUnsent')}
        </button>
      </div>
    </Panel>
  );
}
