import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useLanguage } from '../language/use-language.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useSession } from '../session/session-store.ts';
import { useSettings } from '../settings/settings.ts';
import { mayOpen, PAGES } from './navigation.ts';

/** How long after `g` the second key counts. */
const PATIENCE_MS = 1_500;

/** `/` looks up, `g` and a letter goes to a page, `?` says so. */
export function Shortcuts() {
  const { t } = useLanguage();
  const { hasShortcuts } = useSettings();
  const { person } = useSession();
  const [, go] = useLocation();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const pages = PAGES.filter((page) => page.key !== undefined && mayOpen(page, person.role));
  useEffect(() => {
    if (!hasShortcuts) return;
    let goingSince = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.closest('input, select, textarea, dialog, [contenteditable]') !== null;
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.timeStamp - goingSince < PATIENCE_MS) {
        goingSince = Number.NEGATIVE_INFINITY;
        const page = PAGES.find(({ key }) => key === event.key);
        if (page && mayOpen(page, person.role)) {
          event.preventDefault();
          go(page.paths[0]);
        }
        return;
      }
      if (event.key === 'g') goingSince = event.timeStamp;
      if (event.key === '?') setIsHelpOpen(true);
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('quick-lookup')?.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, [go, hasShortcuts, person.role]);
  if (!isHelpOpen) return null;
  return (
    <Dialog
      title={t('shortcuts.title')}
      onClose={() => {
        setIsHelpOpen(false);
      }}
    >
      <dl className="keys">
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>{t('shell.lookup')}</dd>
        </div>
        <div>
          <dt>
            <kbd>↑</kbd> <kbd>↓</kbd>
          </dt>
          <dd>{t('shortcuts.rows')}</dd>
        </div>
        {pages.map(({ key, title, paths: [path] }) => (
          <div key={path}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{title && t(title)}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">{t('shortcuts.off')}</p>
    </Dialog>
  );
}
