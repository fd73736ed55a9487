import type { CombinedError } from 'urql';
import { codeOf } from '../graphql/client.ts';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { Fault } from './notes.tsx';

interface ConfirmProps {
  readonly title: string;
  /** What happens then, and to whom. */
  readonly children: ReactNode;
  /** What the button does, in words of its own: never just "yes". */
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isBusy: boolean;
  readonly error?: CombinedError | undefined;
  /** Refused by the rules: a value, not an error. */
  readonly refusal?: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before what cannot be taken back, and names the consequence. */
export function Confirm(props: ConfirmProps) {
  const { title, children, action, isDangerous, isBusy, error, refusal, onConfirm, onClose } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {error && <Fault code={codeOf(error)} detail={error.message} />}
      {refusal !== undefined && <Fault code={refusal} />}
      <div className="buttons">
        <button
          type="button"
          className={isDangerous ? 'danger' : 'primary'}
          disabled={isBusy}
          onClick={onConfirm}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
