/** Words behind the operands that look like flags and are none. Pure. */
import { globalFlags } from '../../config/ctl/globalFlags';
import type { CtlFlags } from '../../config/ctl/row';
import { ctlCommands, flagsOfCtl, type CtlPath } from '../../config/ctl/table';
import { nearest } from '../../config/nearest';

/** What stands behind their operands is a program with flags of its own. */
const WITH_PROGRAM: readonly CtlPath[] = ['exec-watch', 'lock', 'elect'];

/**
 * etcdctl takes such a word for an operand, and leaves out those that it has no use for: `set /k v --endpoints URL` writes to another cluster
 * than was meant, and says nothing. So that scripts see no difference this is said to a person only.
 *
 * @param separatedAt - how many operands stood before `--`; what stands behind it is meant as it is
 */
export function strayFlagHints(path: CtlPath, operands: readonly string[], separatedAt?: number): readonly string[] {
  if (WITH_PROGRAM.includes(path)) return [];
  const stray = operands.slice(0, separatedAt).filter((word) => /^--?[A-Za-z]/.test(word));
  return stray.map((word) => `Note: ${hint(path, word)}`);
}

/**
 * What a person probably meant who wrote a flag that is refused, in the words of Go: the words themselves are those of etcdctl.
 *
 * @param of - the words of the command; none: it stood before the command
 */
export function usageNote(message: string, of: readonly string[]): string | undefined {
  const row = ctlCommands.find(([path]) => path === of.join(' '))?.[1];
  const flags: CtlFlags = row === undefined ? globalFlags : flagsOfCtl(row);
  const [, unknown] = /^flag provided but not defined: -(.*)$/s.exec(message) ?? [];
  if (unknown !== undefined) {
    if (row !== undefined && namesOf(globalFlags).includes(unknown))
      return `--${unknown} stands before the command, as in cairnctl --${unknown} ... ${of.join(' ')} ...`;
    const meant = nearest(unknown, namesOf(flags));
    return meant === undefined ? undefined : `did you mean --${meant}?`;
  }
  const [, valued = ''] = /^invalid value "[^]*" for flag -([^:]*): parse error$/.exec(message) ?? [];
  const kind = Object.entries(flags).find(([name, { spellings = [] }]) => [name, ...spellings].includes(valued))?.[1]
    .kind;
  return kind === 'duration' ? 'a duration has a unit: 5s, 500ms, 1m30s' : undefined;
}

function hint(path: CtlPath, word: string): string {
  // Without the value: it may be a password.
  const [flag = ''] = word.split('=', 1);
  const name = flag.replace(/^--?/, '');
  const globals = namesOf(globalFlags);
  if (globals.includes(name)) {
    return `${flag} behind the key is no flag: put it before the command, as in cairnctl ${flag} ... ${path} ...`;
  }
  const row = ctlCommands.find(([each]) => each === path)?.[1];
  const meant = nearest(name, [...globals, ...(row === undefined ? [] : namesOf(flagsOfCtl(row)))]);
  const question = meant === undefined ? '' : `; did you mean --${meant}?`;
  return `${flag} is no flag of ${path} and was taken for a word${question} (behind -- it is meant as one)`;
}

function namesOf(flags: CtlFlags): readonly string[] {
  return Object.entries(flags).flatMap(([name, { spellings = [] }]) => [name, ...spellings]);
}
