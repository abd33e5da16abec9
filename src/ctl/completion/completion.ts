/** `cairnctl completion SHELL`, and what its scripts ask. */
import { SHELLS } from '../../config/ctl/moreCommands';
import type { CtlPath } from '../../config/ctl/table';
import { isObeyed } from '../../platform/terminalText';
import { readCommandLine } from '../etcdctl/commandLine';
import { findMembers, reach } from '../etcdctl/connection';
import { EXIT } from '../etcdctl/exitCodes';
import { Failure } from '../etcdctl/failures';
import { print, type Io } from '../etcdctl/io';
import { parseKeyAnswer } from '../etcdctl/keyAnswers';
import { getCall } from '../etcdctl/keyCalls';
import type { Command } from '../etcdctl/session';
import { completionOf, type Candidate } from './candidates';
import { FILES_MARK, scripts, type Shell } from './scripts';

/** Who presses Tab waits for no cluster that is away. */
const KEYS_WITHIN = ['--timeout', '700ms', '--total-timeout', '1s', '--no-sync'];

export const completionCommands = {
  completion: ({ io, operands }) => {
    const [shell, ...rest] = operands;
    if (shell === undefined || rest.length > 0 || !isShell(shell))
      throw new Failure(EXIT.badArguments, `Name the shell: ${SHELLS.join(', ')}`);
    io.stdout.write(scripts[shell]);
    return Promise.resolve();
  },
} as const satisfies Partial<Record<CtlPath, Command>>;

function isShell(text: string): text is Shell {
  return SHELLS.some((shell) => shell === text);
}

/** A line for each candidate, with its help behind a tab. Never fails: then there is none. */
export async function complete(io: Io, words: readonly string[]): Promise<void> {
  const typed = words.at(-1) ?? '';
  const completion = completionOf(words);
  if (completion.kind === 'files') {
    print(io, FILES_MARK);
    return;
  }
  const found = completion.kind === 'words' ? completion.words : await keys(io, completion.before, typed);
  for (const { word, help } of found) {
    if (word.startsWith(typed) && !isObeyed(word)) print(io, help === '' ? word : `${word}\t${help}`);
  }
}

/** Those in the directory that the word names so far. */
async function keys(io: Io, before: readonly string[], typed: string): Promise<readonly Candidate[]> {
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  try {
    const outcome = readCommandLine([...before, ...KEYS_WITHIN, 'ls', '--', directory]);
    if (outcome.kind !== 'run') return [];
    // Nobody is asked for a password, or told anything, between two keystrokes.
    const quiet: Io = { ...io, askSecret: () => Promise.reject(new Error('nobody is asked')) };
    const { cluster } = await reach(quiet, outcome.globals);
    await findMembers(quiet, outcome.globals, cluster);
    const { node } = parseKeyAnswer(
      await cluster.ask(getCall(directory, { sort: true, recursive: false, quorum: false })),
    );
    return (node.nodes ?? []).map(({ key, isDir }) => {
      const word = typed.startsWith('/') ? key : key.slice(1);
      return { word: isDir ? `${word}/` : word, help: '' };
    });
  } catch {
    return [];
  }
}
