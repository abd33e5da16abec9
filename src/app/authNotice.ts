/** What the log says of auth: whether it counts, and what an operator may not have meant. */
import type { Configuration } from '../config/configuration';
import { formatEndpoint } from '../config/urls';
import { GUEST_ROLE, type AuthView } from '../machine/auth/view';
import type { AuthSource } from '../member/types';
import { isLoopback } from '../platform/loopback';

interface Log {
  info(text: string): void;
  warn(text: string): void;
}

/** As patterns, both mean every key. */
const EVERYTHING = ['*', '/*'];

/** At the start and whenever it is switched. No names, no patterns: who may do what is nobody's who reads the log. */
export function noteAuth(
  member: AuthSource,
  { listenClientUrls }: Pick<Configuration, 'listenClientUrls'>,
  log: Log,
): void {
  let isOn = false;
  const look = (): void => {
    const view = member.auth();
    if (view.enabled === isOn) return;
    isOn = view.enabled;
    if (!isOn) {
      log.info('auth is off: everybody may do everything');
      return;
    }
    log.info('auth is on: who may do what is asked of its users and roles (docs/auth.md)');
    const rights = guestRights(view);
    if (rights !== '') {
      log.warn(`auth is on, and guests, who show no password, may ${rights} every key: take it from the role guest`);
    }
    const plain = listenClientUrls.filter(({ scheme, host }) => scheme === 'http' && !isLoopback(host));
    if (plain.length > 0) {
      const where = plain.map(formatEndpoint).join(' ');
      log.warn(`${where}: auth is on, and passwords come without TLS: whoever is on the way reads them (docs/tls.md)`);
    }
  };
  member.onAuthChange(look);
  look();
}

/**
 * Once a start has learnt what the cluster decided: where auth is off, who reaches a client port has the cluster. On one machine that is
 * nobody's surprise.
 */
export function noteAuthOff(
  member: Pick<AuthSource, 'auth'>,
  { listenClientUrls, clientCertAuth }: Pick<Configuration, 'listenClientUrls' | 'clientCertAuth'>,
  log: Log,
): void {
  const open = listenClientUrls.filter(({ host }) => !isLoopback(host));
  if (member.auth().enabled || open.length === 0) return;
  const isAsked = clientCertAuth && open.every(({ scheme }) => scheme === 'https');
  const who = isAsked ? 'whoever has a certificate for it' : 'whoever reaches it';
  const text = `${open.map(formatEndpoint).join(' ')}: auth is off: ${who} reads and writes every key, and adds and removes members (docs/auth.md)`;
  log[isAsked ? 'info' : 'warn'](text);
}

function guestRights(view: AuthView): string {
  const { read, write } = view.role(GUEST_ROLE)?.permissions ?? { read: [], write: [] };
  const has = (patterns: readonly string[] | null): boolean =>
    (patterns ?? []).some((each) => EVERYTHING.includes(each));
  return [has(read) ? 'read' : '', has(write) ? 'write' : ''].filter((word) => word !== '').join(' and ');
}
