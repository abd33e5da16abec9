/** A command line as strangers may see it. */
import { withoutUsers } from '../platform/withoutUsers';
import { findFlag } from './options';

const HIDDEN = '***';

/** A flag of this program, as `flags.ts` reads it. */
const FLAG = /^(--?([^-=][^=]*))(?:=[\s\S]*)?$/;

/** The arguments without the texts of options that the table says are secret, and without users in URLs. */
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
    if (!isSecret || flag === undefined) return withoutUsers(argument);
    hidesNext = argument === flag;
    return argument === flag ? argument : `${flag}=${HIDDEN}`;
  });
}
