/** Words behind the operands that look like flags and are none. Pure. */
import { globalFlags } from '../../config/ctl/globalFlags';
import { ctlCommands, flagsOfCtl, type CtlPath } from '../../config/ctl/table';
import { nearest } from '../../config/nearest';
import { namesOf } from './usageNotes';

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
