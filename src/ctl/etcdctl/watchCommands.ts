/** watch and exec-watch. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CtlPath } from '../../config/ctl/table';
import { EXIT } from './exitCodes';
import { Failure, messageOf, UnreadableAnswerError } from './failures';
import { complain, print, type Io } from './io';
import { parseKeyAnswer, type KeyAnswer } from './keyAnswers';
import { watchCall } from './keyCalls';
import { keyOf } from './keyCommands';
import { printKeyAnswer } from './keyOutput';
import { failingAs, keyFailure } from './report';
import type { Command, Session } from './session';

const ENDED_WAIT_PAUSE_MS = 500;

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
    const askedMs = performance.now();
    const answer = await failingAs(keyFailure, () => next(session, key, { waitIndex, recursive }));
    if (answer === undefined) {
      // Something that ends each wait at once is not asked without a pause.
      await sleep(Math.max(0, askedMs + ENDED_WAIT_PAUSE_MS - performance.now()));
      continue;
    }
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
  const env = {
    ...io.environment,
    ETCD_WATCH_ACTION: untilNul(action),
    ETCD_WATCH_MODIFIED_INDEX: String(node.modifiedIndex),
    ETCD_WATCH_KEY: untilNul(node.key),
    ETCD_WATCH_VALUE: untilNul(node.value),
  };
  let child: ChildProcess;
  try {
    child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  } catch (error) {
    // Node.js throws what is the fault of this change, as a value that no environment holds; the next one may be another.
    complain(
      io,
      `exec: ${file}: not started for the change of ${node.key} at ${node.modifiedIndex}: ${messageOf(error)}`,
    );
    return;
  }
  child.on('error', (error) => {
    fail(new Failure(EXIT.badArguments, `exec: ${file}: ${error.message}`));
  });
}

/** A variable ends at a NUL, which a value may hold. */
function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? '';
}
