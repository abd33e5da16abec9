/** watch and exec-watch. */
import { spawn } from 'node:child_process';
import type { CtlPath } from '../../config/ctl/table';
import { EXIT } from './exitCodes';
import { Failure, UnreadableAnswerError } from './failures';
import { complain, print, type Io } from './io';
import { parseKeyAnswer, type KeyAnswer } from './keyAnswers';
import { watchCall } from './keyCalls';
import { keyOf } from './keyCommands';
import { printKeyAnswer } from './keyOutput';
import { failingAs, keyFailure } from './report';
import type { Command, Session } from './session';

export const watchCommands = {
  watch: async (session) => {
    const key = keyOf(session);
    for await (const answer of changes(session, key)) {
      if (answer.node.isDir) continue;
      if (session.flags.isOn('recursive')) print(session.io, `[${answer.action}] ${answer.node.key}`);
      printKeyAnswer(session.io, answer, session.form);
      if (!session.flags.isOn('forever')) return;
    }
  },
  'exec-watch': async (session) => {
    const [key, ...rest] = session.operands;
    const program = rest[0] === '--' ? rest.slice(1) : rest;
    if (key === undefined || program.length === 0)
      throw new Failure(EXIT.badArguments, 'Error:  key and command to exec required');
    const failure = new Promise<never>((_, reject) => {
      void follow(session, key, (answer) => {
        start(session.io, program, answer, reject);
      }).catch(reject);
    });
    await failure;
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

async function follow(session: Session, key: string, onChange: (answer: KeyAnswer) => void): Promise<void> {
  for await (const answer of changes(session, key)) {
    if (answer.node.isDir) complain(session.io, `Ignored dir ${answer.node.key} change`);
    else onChange(answer);
  }
}

/** One after the other, none left out: each wait begins behind the change before. Rejects with Failure. */
async function* changes(session: Session, key: string): AsyncGenerator<KeyAnswer> {
  const recursive = session.flags.isOn('recursive');
  const after = session.flags.number('after-index');
  session.io.endAtInterrupt(EXIT.ok);
  let waitIndex = after === 0 ? 0 : after + 1;
  for (;;) {
    const answer = await failingAs(keyFailure, () => next(session, key, { waitIndex, recursive }));
    if (answer === undefined) continue;
    waitIndex = answer.node.modifiedIndex + 1;
    yield answer;
  }
}

/** Undefined: the member ended the wait without a change, as one does that stops. */
async function next(
  session: Session,
  key: string,
  options: { waitIndex: number; recursive: boolean },
): Promise<KeyAnswer | undefined> {
  const cluster = await session.cluster();
  try {
    return parseKeyAnswer(await cluster.ask(watchCall(key, options)));
  } catch (error) {
    if (error instanceof UnreadableAnswerError && error.isEmpty) return undefined;
    throw error;
  }
}

/** Changes do not wait for the programs of those before. */
function start(
  io: Io,
  [file = '', ...args]: readonly string[],
  answer: KeyAnswer,
  fail: (error: Failure) => void,
): void {
  const { action, node } = answer;
  const child = spawn(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...io.environment,
      ETCD_WATCH_ACTION: action,
      ETCD_WATCH_MODIFIED_INDEX: String(node.modifiedIndex),
      ETCD_WATCH_KEY: node.key,
      // A variable ends at a NUL, which a value may hold.
      ETCD_WATCH_VALUE: node.value.split('\0', 1)[0] ?? '',
    },
  });
  child.on('error', (error) => {
    fail(new Failure(EXIT.badArguments, `exec: ${file}: ${error.message}`));
  });
}
