/** Tokens that are known before the service starts, so that a whole deployment can be described in advance. */
import type { KeyWriter, OwnReader } from '../../member/types';
import { BackOff } from '../../platform/backOff';
import { shownToken } from '../../platform/shownToken';
import { isMemberError } from '../v2/keys/failure';
import { createTokenCommand, sizeKeyOf } from './registry';

const PAUSES = { firstMs: 100, longestMs: 5000 };

export interface StartToken {
  /** 32 lower-case hexadecimal digits. */
  readonly token: string;
  readonly size: number;
}

type LogMethod = (fields: object, message: string) => void;

/** A pino logger fits. */
interface StartTokensLogger {
  readonly info: LogMethod;
  readonly warn: LogMethod;
}

export interface StartTokensEnvironment {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (delayMs: number) => Promise<void>;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: StartTokensLogger;
}

/** Reads entries of the form TOKEN=SIZE, which were checked. */
export function parseStartTokens(entries: readonly string[]): StartToken[] {
  return entries.map((entry) => {
    const [token = '', size = ''] = entry.split('=', 2);
    return { token, size: Number(size) };
  });
}

/**
 * Makes the tokens that are not there yet. One that is there stays as it is, whatever its size: members may have come by it.
 * Tries for as long as the cluster has no leader; resolves when all are there or the member stops.
 */
export async function makeStartTokens(
  member: OwnReader & KeyWriter,
  tokens: readonly StartToken[],
  environment: StartTokensEnvironment,
): Promise<void> {
  for (const { token, size } of tokens) {
    const backOff = new BackOff(PAUSES, environment.random);
    for (;;) {
      const outcome = await makeToken(member, token, size, environment);
      if (outcome === 'stopped') return;
      if (outcome === 'done') break;
      await environment.sleep(backOff.nextMs());
    }
  }
}

async function makeToken(
  member: OwnReader & KeyWriter,
  token: string,
  size: number,
  { now, logger }: StartTokensEnvironment,
): Promise<'done' | 'stopped' | 'again'> {
  try {
    const result = await member.propose(createTokenCommand(token, String(size), now()));
    if (result.ok) logger.info({ token: shownToken(token), size }, 'discovery token made');
    else warnOfOtherSize(member, token, size, logger);
    return 'done';
  } catch (error) {
    if (!isMemberError(error)) throw error;
    return error.reason === 'stopped' ? 'stopped' : 'again';
  }
}

function warnOfOtherSize(member: OwnReader, token: string, size: number, logger: StartTokensLogger): void {
  const found = member.look(sizeKeyOf(token), { recursive: false, sorted: false });
  const there = found.ok ? found.node.value : undefined;
  if (there === String(size)) return;
  logger.warn(
    { token: shownToken(token), size, there },
    'the discovery token is there already with another size, which it keeps; use another token for another cluster',
  );
}
