/** The dashboard: puts its parts together in the browser. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import './style.css';
import { KeyBrowser } from './io/keyBrowser';
import { Session, type Login } from './io/session';
import { StatsPoller } from './io/statsPoller';
import { BASE, pageOf, PAGES, type PageName } from './model/pages';
import { KeysPage } from './views/KeysPage';
import { LoginForm } from './views/LoginForm';
import { StatsPage } from './views/StatsPage';
import { connectionWords, leaderWords } from './views/words';
import { Changes, useChanges } from './views/useChanges';

const session = new Session();
const changes = new Changes();
const browser = new KeyBrowser(session, changes.happened);
const stats = new StatsPoller(session, changes.happened);

function start(): void {
  browser.start();
  stats.start();
}

function pause(): void {
  browser.pause();
  stats.stop();
}

/** Somebody else is asking from now on, or nobody by name. */
function ask(login: Login | undefined): void {
  session.use(login);
  browser.restart();
  stats.restart();
}

function Dashboard() {
  useChanges(changes);
  const [page, setPage] = useState(() => pageOf(location.pathname));
  useEffect(() => {
    const change = () => setPage(pageOf(location.pathname));
    addEventListener('popstate', change);
    return () => removeEventListener('popstate', change);
  }, []);
  return (
    <>
      <header>
        <h1>Cairn</h1>
        <nav aria-label="Pages">
          {Object.entries(PAGES).map(([name, label]) => (
            <a
              key={name}
              href={BASE + name}
              aria-current={name === page ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                history.pushState(null, '', BASE + name);
                setPage(name as PageName);
              }}
            >
              {label}
            </a>
          ))}
        </nav>
        <p class={browser.connection === 'live' ? 'state live' : 'state'} role="status">
          {connectionWords(browser.connection)}
        </p>
        {leaderWords(stats.hasLeader) !== '' && (
          <p class="state" role="alert">
            {leaderWords(stats.hasLeader)}
          </p>
        )}
        {session.user !== undefined && (
          <button type="button" onClick={() => ask(undefined)}>
            Log out {session.user}
          </button>
        )}
      </header>
      <main>
        {browser.needsLogin && <LoginForm key={session.user} refusedUser={session.user} onLogin={ask} />}
        {page === 'stats' ? (
          <StatsPage stats={stats} />
        ) : (
          <KeysPage key={browser.generation} browser={browser} session={session} />
        )}
      </main>
    </>
  );
}

// A page that nobody looks at holds no connection: a browser has six for a member, for all its tabs.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) pause();
  else start();
});
start();
const root = document.getElementById('page');
if (root !== null) render(<Dashboard />, root);
