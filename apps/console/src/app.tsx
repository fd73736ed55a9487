import { lazy, Suspense } from 'react';
import { Provider } from 'urql';
import { Redirect, Route, Router, Switch } from 'wouter';
import { client } from './graphql/client.ts';
import { useLanguage } from './language/use-language.ts';
import { Boundary } from './parts/boundary.tsx';
import { Loading } from './parts/notes.tsx';
import { InvitationPage } from './session/invitation-page.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { refreshSession, useSessionState } from './session/session-store.ts';
import { SessionExpired } from './session/session-expired.tsx';
import { mayOpen, PAGES } from './shell/navigation.ts';
import { Shell } from './shell/shell.tsx';
import { Page } from './parts/page.tsx';

/** Each page is a file of its own, fetched when it is first opened. */
const ROUTES = PAGES.map((page) => ({ page, Component: lazy(page.load) }));

export function App() {
  return (
    <Router base="/console">
      <Switch>
        <Route path="/invitation">
          <InvitationPage />
        </Route>
        <Route>
          <Signed />
        </Route>
      </Switch>
    </Router>
  );
}

function Signed() {
  const state = useSessionState();
  const { t } = useLanguage();
  if (state.kind === 'loading') return <Loading />;
  if (state.kind === 'signed-out') return <SignInPage />;
  if (state.kind === 'unreachable') {
    return (
      <main className="door">
        <h1>{t('session.unreachable')}</h1>
        <p>{t('session.unreachableLead')}</p>
        <button type="button" className="primary" onClick={() => void refreshSession()}>
          {t('session.tryAgain')}
        </button>
      </main>
    );
  }
  return (
    <Provider value={client}>
      <Shell>
        <Boundary>
          <Suspense fallback={<Loading />}>
            <Switch>
              {ROUTES.filter(({ page }) => mayOpen(page, state.session.person.role)).flatMap(
                ({ page, Component }) =>
                  page.paths.map((path) => <Route key={path} path={path} component={Component} />),
              )}
              <Route path="/sign-in">
                <Redirect to="/" replace />
              </Route>
              <Route>
                <Page title={t('page.notFound')}>
                  <p className="note">{t('page.notFoundLead')}</p>
                </Page>
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </Shell>
      {state.isExpired && <SessionExpired />}
    </Provider>
  );
}
