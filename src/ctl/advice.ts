/** What to do about a failure, in the options that the command at hand has. Pure. */
import { AnswerError, NoAnswerError, NotUnderstoodError, RefusedError, TimeoutError } from '../client/errors';
import { clientVariables } from '../config/clientVariables';
import { flagsOf, operandsOf, type TaskWord } from '../config/commands';
import { codeOf } from '../platform/errorCode';
import { isRefusal } from '../platform/networkError';

const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
/** What every member answers clients, whatever it may do for them. */
const SERVED_BY_MEMBERS = /^(?:GET|PUT) \/(?:version|health|readyz|v2\/members|v2\/keys)/;
const NO_SUCH_NAME = ['ENOTFOUND', 'EAI_NONAME', 'EAI_NODATA'];

/**
 * Undefined: the message says all there is to say.
 *
 * @param isUserGiven - whether the command asked as somebody
 */
export function adviceOn(error: unknown, word: TaskWord, isUserGiven: boolean): string | undefined {
  if (error instanceof AnswerError) {
    if (error.status === UNAUTHORIZED) return onNoRight(word, isUserGiven);
    return isOfNoMember(error) ? onNoMember(word) : undefined;
  }
  return error instanceof NoAnswerError ? onNoAnswer(error, word) : undefined;
}

function onNoRight(word: TaskWord, isUserGiven: boolean): string {
  if (!has(word, 'user-file')) return `Auth is on there, and cairn ${word} asks as no user.`;
  const prefix = isAboutPrefix(word)
    ? ' All that is below a prefix takes a right to PREFIX* (docs/auth.md); /app/* is not enough for /app.'
    : '';
  if (isUserGiven) return `Auth is on there: the user may not do that, or has another password.${prefix}`;
  const variable = clientVariables.username.at(-1) ?? '';
  return `Auth is on there. Say who asks with --user-file FILE, which has NAME:PASSWORD, or with ${variable}=NAME:PASSWORD.${prefix}`;
}

function isAboutPrefix(word: TaskWord): boolean {
  return operandsOf(word).includes('PREFIX') || has(word, 'prefix');
}

function isOfNoMember(error: AnswerError): boolean {
  if (error instanceof NotUnderstoodError) return error.message.includes('is not understood');
  return error instanceof RefusedError && error.status === NOT_FOUND && SERVED_BY_MEMBERS.test(error.message);
}

function onNoMember(word: TaskWord): string | undefined {
  const where = placeOf(word);
  return where && `No member serves its clients there; is it a peer port (2380), or another program? ${where}`;
}

function onNoAnswer(error: NoAnswerError, word: TaskWord): string | undefined {
  if (error instanceof TimeoutError) return onLate(word);
  const reasons = error.failures.map((failure) => failure.error);
  if (reasons.length === 0) return undefined;
  const where = placeOf(word);
  if (where === undefined) return undefined;
  if (reasons.every(isRefusal)) return `Nobody listens there; is the member started? ${where}`;
  if (reasons.every((reason) => NO_SUCH_NAME.includes(codeOf(reason) ?? ''))) return `There is no such host. ${where}`;
  if (reasons.every((reason) => codeOf(reason)?.startsWith('HPE_')))
    return `What listens there speaks no HTTP. ${where}`;
  return undefined;
}

function onLate(word: TaskWord): string {
  const more = has(word, 'timeout') ? ', or give it more time with --timeout SECONDS' : '';
  return `It takes connections, or loses them, and does not answer in time: look at the log of that member${more}.`;
}

/** How the command is told where to ask; undefined: it is told of members otherwise. */
function placeOf(word: TaskWord): string | undefined {
  const flags = flagsOf(word);
  const options = ['url', 'from'].filter((name) => flags[name] !== undefined).map((name) => `--${name}`);
  if (options.length === 0) return undefined;
  const isByVariable = flags['url']?.variables?.includes(clientVariables.endpoints[0]) === true;
  const ways = [...options, ...(isByVariable ? [clientVariables.endpoints[0]] : [])];
  return `The client URL of a member, such as http://127.0.0.1:2379, is given with ${ways.join(' or ')}.`;
}

function has(word: TaskWord, option: string): boolean {
  return flagsOf(word)[option] !== undefined;
}
