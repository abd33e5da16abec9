import type { CommandWord } from './config/commands';

/** Carries out one command; resolves with the number to exit with. */
type Run = (args: readonly string[]) => Promise<number>;

/** The code behind each command word; loaded only when it is asked for. */
export const commands: Readonly<Record<CommandWord, Run>> = {
  healthcheck: async (args) => (await import('./ctl/healthcheck.js')).healthcheck(args),
};
