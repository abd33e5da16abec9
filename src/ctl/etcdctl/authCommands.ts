/** auth enable and disable, and what users and roles have in common with them. */
import type { CtlPath } from '../../config/ctl/table';
import { isRecord, textOf } from '../../client/json';
import type { Call, Cluster, Deadline } from './cluster';
import { EXIT } from './exitCodes';
import { Failure, UnreadableAnswerError } from './failures';
import { goJson, pathSegment } from './goText';
import { showEndpoints } from './connection';
import { complain, print } from './io';
import { parseJson } from './memberAnswers';
import { noOperands } from './memberCommands';
import { failingAs, plainFailure } from './report';
import type { Command, Session } from './session';

const NOT_FOUND = 404;

export const authCommands = {
  'auth enable': async (session) => {
    // Before, because afterwards only root is told.
    const isForGuests = session.io.stderr.isTTY === true && (await mayGuestsAll(session));
    await change(session, 'PUT', 'Authentication Enabled');
    if (isForGuests) complain(session.io, GUESTS_NOTE);
  },
  'auth disable': async (session) => {
    await change(session, 'DELETE', 'Authentication Disabled');
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

const GUESTS_NOTE =
  'Note: guests, who show no password, may still read and write every key; take it from them with: ' +
  "cairnctl -u root role revoke guest --path '/*' --readwrite";

/** Whether they will: as long as there is no such role, enabling makes one that may everything. */
async function mayGuestsAll(session: Session): Promise<boolean> {
  try {
    const body = await (await AuthApi.open(session)).send({ method: 'GET', path: authPath('roles', 'guest') });
    const permissions = isRecord(body) && isRecord(body['permissions']) ? body['permissions'] : {};
    const rights = isRecord(permissions['kv']) ? permissions['kv'] : {};
    return ['read', 'write'].some((right) => {
      const patterns: readonly unknown[] = Array.isArray(rights[right]) ? rights[right] : [];
      return patterns.includes('/*') || patterns.includes('*');
    });
  } catch (error) {
    // What else is wrong is said when it is enabled.
    return error instanceof NoError && error.status === NOT_FOUND;
  }
}

async function change(session: Session, method: 'PUT' | 'DELETE', done: string): Promise<void> {
  noOperands(session);
  await failingAs(plainFailure, async () => {
    await (await AuthApi.open(session)).send({ method, path: '/v2/auth/enable' });
  });
  print(session.io, done);
}

/** What one command asks of `/v2/auth`, within one time limit. */
export class AuthApi {
  private constructor(
    private readonly cluster: Cluster,
    private readonly deadline: Deadline,
  ) {}

  /** Rejects with Failure. */
  static async open(session: Session): Promise<AuthApi> {
    const cluster = await session.cluster();
    showEndpoints(session.io, session.globals, cluster);
    return new AuthApi(cluster, cluster.deadline());
  }

  /** With all of its time, after a person was asked. */
  again(): AuthApi {
    return new AuthApi(this.cluster, this.cluster.deadline());
  }

  /** The JSON of the answer, or undefined if it has none. Rejects as `Cluster.ask`, or with an Error in the words of the member. */
  async send(call: Call): Promise<unknown> {
    const { status, text } = await this.cluster.ask(call, this.deadline);
    if (status === 200 || status === 201) return text.trim() === '' ? undefined : parseJson(text);
    const body = parseJson(text);
    const message = isRecord(body) ? textOf(body['message']) : undefined;
    throw message === undefined ? new UnreadableAnswerError() : new NoError(message, status);
  }

  /** Whether there is such a user or role. Rejects as `send`. */
  async has(path: string): Promise<boolean> {
    try {
      await this.send({ method: 'GET', path });
      return true;
    } catch (error) {
      if (error instanceof NoError && error.status === NOT_FOUND) return false;
      throw error;
    }
  }
}

/** A member said no. */
class NoError extends Error {
  override readonly name = 'NoError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The path of a user or a role. */
export function authPath(kind: 'users' | 'roles', name: string): string {
  return `/v2/auth/${kind}/${pathSegment(name)}`;
}

/** Of users or roles, in the order in which they were answered. */
export function namesOf(body: unknown, list: string, name: string): readonly string[] {
  const items: readonly unknown[] = isRecord(body) && Array.isArray(body[list]) ? body[list] : [];
  return items.flatMap((item) => textOf(isRecord(item) ? item[name] : item) ?? []);
}

/** @param secret - what --debug does not show */
export function putCall(path: string, body: object, secret?: string): Call {
  return {
    ...{ method: 'PUT', path, body: { type: 'application/json', text: goJson(body) } },
    ...(secret === undefined ? {} : { shownBody: '<hidden: it holds a password>' }),
  };
}

/** The only operand. Rejects with Failure. */
export function oneName({ operands }: Session, words: string): string {
  const [name, ...rest] = operands;
  if (name === undefined || rest.length > 0) throw new Failure(EXIT.badArguments, words);
  return name;
}
