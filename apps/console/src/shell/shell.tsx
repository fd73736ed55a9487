import { useEffect, useState, type SyntheticEvent, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { onLive } from '../graphql/client.ts';
import { useLanguage } from '../language/use-language.ts';
import { lookupPath } from '../parts/marks.tsx';
import { signOut } from '../session/session-api.ts';
import { useSession } from '../session/session-store.ts';
import { LanguageSwitch } from '../settings/language-switch.tsx';
import { mayOpen, PAGES } from './navigation.ts';
import { Shortcuts } from './shortcuts.tsx';

const GROUPS = ['watch', 'ours', 'together', 'system'] as const;

/** What surrounds every page: ways to the others, the lookup, and who one is. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useLanguage();
  const [location] = useLocation();
  // The page at which the menu was opened: going to another one closes it.
  const [openAt, setOpenAt] = useState<string>();
  const isOpen = openAt === location;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <header className="topbar">
        <button
          type="button"
          className="menu-button quiet"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => {
            setOpenAt(isOpen ? undefined : location);
          }}
        >
          {t('shell.menu')}
        </button>
        <Link href="/" className="brand">
          Sekisho <span lang="ja">関所</span>
        </Link>
        <QuickLookup />
        <Account />
      </header>
      <nav id="navigation" className={isOpen ? 'sidebar open' : 'sidebar'} aria-label={t('shell.navigation')}>
        <Navigation />
        <Live />
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Shortcuts />
    </div>
  );
}

function Navigation() {
  const { t } = useLanguage();
  const { person } = useSession();
  const [location] = useLocation();
  return GROUPS.map((group) => {
    const pages = PAGES.filter((page) => page.group === group && mayOpen(page, person.role));
    if (pages.length === 0) return null;
    return (
      <div key={group} className="nav-group">
        <p id={`nav-${group}`} className="nav-title">
          {t(`shell.${group}`)}
        </p>
        <ul aria-labelledby={`nav-${group}`}>
          {pages.map(({ paths: [path], title }) => {
            const isHere =
              path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
            return (
              <li key={path}>
                <Link href={path} aria-current={isHere ? 'page' : undefined}>
                  {title && t(title)}
                </Link>
              </li>
            );
          })}
        </ul>
      </div>
    );
  });
}

function QuickLookup() {
  const { t } = useLanguage();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const look = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    go(lookupPath(text.trim()));
    setText('');
  };
  return (
    <form className="quick" role="search" onSubmit={look}>
      <input
        id="quick-lookup"
        type="search"
        aria-label={t('shell.lookup')}
        placeholder={t('shell.lookup')}
        maxLength={300}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
    </form>
  );
}

function Account() {
  const { t, word } = useLanguage();
  const { person, member, csrf } = useSession();
  const leave = async () => {
    await signOut(csrf).catch(() => undefined);
    window.location.assign('/console/');
  };
  return (
    <div className="account">
      <div className="who">
        <strong title={person.name}>{person.name}</strong>
        <span className="muted">
          {word('role', person.role)}
          {member && ` · ${member.name}`}
        </span>
      </div>
      <LanguageSwitch />
      <button type="button" className="quiet" onClick={() => void leave()}>
        {t('shell.signOut')}
      </button>
    </div>
  );
}

function Live() {
  const { t } = useLanguage();
  const [isLive, setIsLive] = useState<boolean>();
  useEffect(() => onLive(setIsLive), []);
  if (isLive === undefined) return null;
  return (
    <p className={isLive ? 'live on' : 'live'} role="status">
      {isLive ? t('shell.live') : t('shell.notLive')}
    </p>
  );
}
