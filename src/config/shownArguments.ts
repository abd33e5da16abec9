/** A command line as strangers may see it. */
import { findFlag } from './options';

const HIDDEN = '***';

/** A flag of this program, as `flags.ts` reads it. */
const FLAG = /^(--?([^-=][^=]*))(?:=[\s\S]*)?$/;

/** User and password of a URL. */
const USER_INFO = /(\w:\/\/)[^\s/?#@]*@/g;

/** The arguments without the texts of options that the table says are secret. */
export function shownArguments(argv: readonly string[]): readonly string[] {
  let hidesNext = false;
  return argv.map((argument) => {
    const [, flag, name = ''] = FLAG.exec(argument) ?? [];
    const option = findFlag(name)?.option;
    const isSecret = option?.status === 'active' && option.secret === true;
    if (hidesNext) {
      hidesNext = false;
      return HIDDEN;
    }
    if (!isSecret || flag === undefined) return argument.replace(USER_INFO, `$1${HIDDEN}@`);
    hidesNext = argument === flag;
    return argument === flag ? argument : `${flag}=${HIDDEN}`;
  });
}
