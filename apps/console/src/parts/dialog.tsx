import { useEffect, useRef, type ReactNode } from 'react';
import { useLanguage } from '../language/use-language.ts';

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Absent for what cannot be put away. */
  readonly onClose?: () => void;
}

/** Modal: the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const { t } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header className="panel-head">
        <h2>{title}</h2>
        {onClose && (
          <button type="button" className="quiet" onClick={onClose}>
            {t('dialog.close')}
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
