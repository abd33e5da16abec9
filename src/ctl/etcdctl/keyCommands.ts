/** get, set, mk, update, mkdir, setdir, updatedir, ls, rm, rmdir. */
import type { CtlPath } from '../../config/ctl/table';
import { textOfBytes } from './byteText';
import type { Call } from './cluster';
import { EXIT } from './exitCodes';
import { Failure } from './failures';
import { printAll } from './io';
import type { EtcdNode, KeyAnswer } from './keyAnswers';
import { parseKeyAnswer } from './keyAnswers';
import { createInOrderCall, deleteCall, getCall, setCall, type Conditions } from './keyCalls';
import { printKeyAnswer } from './keyOutput';
import { failingAs, keyFailure } from './report';
import type { Command, Session } from './session';

export const keyCommands = {
  get: async (session) => {
    const key = keyOf(session);
    const { sort, quorum } = switches(session, ['sort', 'quorum']);
    const answer = await carryOut(session, getCall(key, { sort, quorum, recursive: false }));
    if (answer.node.isDir) throw new Failure(EXIT.badArguments, `${answer.node.key}: is a directory`);
    printKeyAnswer(session.io, answer, session.form);
  },
  set: async (session) => {
    await write(session, {
      prevValue: session.flags.text('swap-with-value'),
      prevIndex: session.flags.number('swap-with-index'),
    });
  },
  update: async (session) => {
    await write(session, { prevExist: true });
  },
  mk: async (session) => {
    if (!session.flags.isOn('in-order')) return write(session, { prevExist: false });
    const [key, value] = await keyAndValue(session);
    const answer = await carryOut(session, createInOrderCall(key, value, session.flags.number('ttl')));
    printKeyAnswer(session.io, answer, session.form);
  },
  mkdir: (session) => writeDirectory(session, { prevExist: false }),
  setdir: (session) => writeDirectory(session, {}),
  updatedir: (session) => writeDirectory(session, { prevExist: true }),
  ls: async (session) => {
    const { sort, recursive, quorum, p } = switches(session, ['sort', 'recursive', 'quorum', 'p']);
    const answer = await carryOut(session, getCall(session.operands[0] ?? '/', { sort, recursive, quorum }));
    if (session.form === 'simple') printAll(session.io, listing(answer.node, p));
    else printKeyAnswer(session.io, answer, session.form);
  },
  rm: async (session) => {
    const key = keyOf(session);
    const { dir, recursive } = switches(session, ['dir', 'recursive']);
    const conditions = { prevValue: session.flags.text('with-value'), prevIndex: session.flags.number('with-index') };
    printUnlessDirectory(session, await carryOut(session, deleteCall(key, { dir, recursive, ...conditions })));
  },
  rmdir: async (session) => {
    printUnlessDirectory(session, await carryOut(session, deleteCall(keyOf(session), { dir: true, recursive: false })));
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

async function write(session: Session, conditions: Conditions): Promise<void> {
  const [key, value] = await keyAndValue(session);
  const answer = await carryOut(session, setCall(key, value, session.flags.number('ttl'), conditions));
  printKeyAnswer(session.io, answer, session.form);
}

async function writeDirectory(session: Session, conditions: Conditions): Promise<void> {
  const answer = await carryOut(session, setCall(keyOf(session), undefined, session.flags.number('ttl'), conditions));
  if (session.form !== 'simple') printKeyAnswer(session.io, answer, session.form);
}

async function carryOut(session: Session, call: Call): Promise<KeyAnswer> {
  return failingAs(keyFailure, async () => {
    const cluster = await session.cluster();
    return parseKeyAnswer(await cluster.ask(call));
  });
}

function printUnlessDirectory(session: Session, answer: KeyAnswer): void {
  if (!answer.node.isDir || session.form !== 'simple') printKeyAnswer(session.io, answer, session.form);
}

/** Depth first; a key that is no directory is listed itself. */
function* listing(node: EtcdNode, marksDirectories: boolean): Generator<string> {
  if (!node.isDir) yield node.key;
  // Not as arguments of one call: there may be hundreds of thousands.
  const waiting = [(node.nodes ?? []).values()];
  for (let nodes = waiting.at(-1); nodes !== undefined; nodes = waiting.at(-1)) {
    const { value: next, done } = nodes.next();
    if (done === true) {
      waiting.pop();
      continue;
    }
    yield next.isDir && marksDirectories ? `${next.key}/` : next.key;
    waiting.push((next.nodes ?? []).values());
  }
}

export function keyOf({ operands }: Session): string {
  const [key] = operands;
  if (key === undefined) throw new Failure(EXIT.badArguments, 'Error:  key required');
  return key;
}

/** The value is an argument, or what the standard input holds. */
async function keyAndValue(session: Session): Promise<readonly [key: string, value: string]> {
  const key = keyOf(session);
  const value = session.operands[1] ?? textOfBytes(await readAll(session));
  if (session.operands[1] === undefined && value === '') throw new Failure(EXIT.badArguments, 'Error:  value required');
  return [key, value];
}

async function readAll({ io }: Session): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of io.stdin) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}

function switches<Name extends string>({ flags }: Session, names: readonly Name[]): Readonly<Record<Name, boolean>> {
  return Object.fromEntries(names.map((name) => [name, flags.isOn(name)])) as Record<Name, boolean>;
}
