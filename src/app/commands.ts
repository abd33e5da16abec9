import type { CommandWord } from '../config/commands';
import { exitNumber } from './exit';
import { StopWishes, takeOverSignals } from './stopSignals';

/** Carries out one command; resolves with the number to exit with, or with undefined if it goes on and ends the process itself. */
type Run = (args: readonly string[]) => Promise<number | undefined>;

/** The code behind each command word; loaded only when it is asked for. */
export const commands: Readonly<Record<CommandWord, Run>> = {
  ctl: async (args) => {
    const { runCtl } = await import('./ctl.js');
    return runCtl(args, async (word, rest) => (await commands[word](rest)) ?? 0);
  },
  discovery: async (args) => {
    (await import('./process.js')).runMember(args, 'discovery');
    return undefined;
  },
  healthcheck: async (args) => (await import('../ctl/healthcheck.js')).healthcheck(args),
  retire: async (args) => (await import('../ctl/retire.js')).retire(args),
  check: async (args) => (await import('../ctl/check.js')).check(args, process.env, onFirstWish),
  doctor: async (args) => (await import('../ctl/doctor/doctor.js')).doctor(args),
  export: async (args) => (await import('../ctl/keyFile/export.js')).exportKeys(args),
  import: async (args) => (await import('../ctl/keyFile/import.js')).importKeys(args),
  sync: async (args) => (await import('../ctl/sync/sync.js')).sync(args),
  mirror: async (args) => {
    const { createLogger, standardErrorReader } = await import('./logging.js');
    const logger = () => createLogger('info', 'auto', standardErrorReader());
    return (await import('../ctl/mirror/mirror.js')).mirror(args, { logger, onStop: onFirstWish });
  },
  snapshot: async (args) => {
    const logger = async () => {
      const { createLogger, standardErrorReader } = await import('./logging.js');
      return createLogger('info', 'auto', standardErrorReader());
    };
    return (await import('../ctl/snapshot/snapshot.js')).snapshot(args, process.env, { logger, onStop: onFirstWish });
  },
  migrate: async (args) => (await import('../ctl/migrate/migrate.js')).migrate(args, { onStop: onFirstWish }),
  prestop: async (args) => (await import('../ctl/prestop.js')).prestop(args),
  'auth-apply': async (args) => (await import('../ctl/authApply.js')).authApply(args),
  'restore-once': async (args) => {
    const { fetchMembers } = await import('../peer/fetchMembers.js');
    return (await import('../ctl/snapshot/restoreOnce.js')).restoreOnce(args, fetchMembers);
  },
  'clear-removed': async (args) => {
    const { fetchMembers } = await import('../peer/fetchMembers.js');
    return (await import('../ctl/clearRemoved.js')).clearRemoved(args, fetchMembers);
  },
  certs: async (args) => (await import('../ctl/certs.js')).certs(args, Date.now(), onFirstWish),
};

/** The second wish to stop is not asked again: the process ends. */
function onFirstWish(stop: (signal: NodeJS.Signals) => void): void {
  const wishes = new StopWishes();
  takeOverSignals((signal) => {
    const wish = wishes.heard(performance.now());
    if (wish === 'first') stop(signal);
    if (wish === 'second') process.exit(exitNumber('stoppedAtOnce'));
  });
}
