/** `cairnctl tree [KEY]`. */
import type { CtlPath } from '../../config/ctl/table';
import { paintFor, type Paint } from '../colours';
import { EXIT } from '../etcdctl/exitCodes';
import { Failure } from '../etcdctl/failures';
import { printKeyAnswer } from '../etcdctl/keyOutput';
import { print, printAllPainted } from '../etcdctl/io';
import { parseKeyAnswer } from '../etcdctl/keyAnswers';
import { getCall } from '../etcdctl/keyCalls';
import { failingAs, keyFailure } from '../etcdctl/report';
import type { Command } from '../etcdctl/session';
import { drawingFor, treeLines, type TreeLine } from './lines';

export const treeCommands = {
  tree: async (session) => {
    const { io, flags, form } = session;
    const [key = '/', ...rest] = session.operands;
    if (rest.length > 0) throw new Failure(EXIT.badArguments, 'cairnctl tree takes one key at most');
    const answer = await failingAs(keyFailure, async () => {
      const cluster = await session.cluster();
      const call = getCall(key, { sort: true, recursive: true, quorum: true });
      return parseKeyAnswer(await cluster.ask(call));
    });
    if (form === 'json') {
      printKeyAnswer(io, answer, form);
      return;
    }
    const paint = paintFor(io.stdout, io.environment);
    const options = {
      showsValues: flags.isOn('values'),
      directoriesOnly: flags.isOn('directories'),
      depth: Math.max(0, flags.number('depth')),
      drawing: drawingFor(io.stdout.isTTY === true ? io.environment : {}),
    };
    // As `tree` counts files: what is shown, but for the directory that was named.
    const shown = { directories: answer.node.isDir ? -1 : 0, keys: 0 };
    printAllPainted(io, painted(treeLines(answer.node, options), paint, shown));
    const directories = counted(shown.directories, 'directory', 'directories');
    print(io, `\n${directories}${options.directoriesOnly ? '' : `, ${counted(shown.keys, 'key', 'keys')}`}`);
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

/** @param shown - counts them */
function* painted(
  lines: Iterable<TreeLine>,
  paint: Paint,
  shown: { directories: number; keys: number },
): Generator<string> {
  for (const { before, name, isDir, after } of lines) {
    if (isDir) shown.directories++;
    else shown.keys++;
    yield `${before === '' ? '' : paint('dim', before)}${isDir ? paint('blue', name) : name}${after}`;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
