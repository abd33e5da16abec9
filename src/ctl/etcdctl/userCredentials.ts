/** Users and their passwords, as the command line, a file or a person gives them. */
import { given } from './endpoints';
import { EXIT } from './exitCodes';
import { Failure, messageOf } from './failures';
import type { FlagValues } from './flagValues';
import { complain, type Io } from './io';

/** `NAME:PASSWORD` of whom to ask as; undefined: nobody is named. Rejects with Failure. */
export async function userOf(io: Io, globals: FlagValues): Promise<string | undefined> {
  const written = globals.text('username');
  const file = given(io, globals, 'user-file');
  if (written === '' && file !== '') return userIn(io, file);
  const user = given(io, globals, 'username');
  if (user === '') return undefined;
  const { name, password } = await nameAndPassword(io, 'Password: ', user);
  return `${name}:${password}`;
}

/** Asks for the password if there is no colon. Rejects with Failure. */
export async function nameAndPassword(
  io: Io,
  prompt: string,
  text: string,
  ask: typeof askSecret = askSecret,
): Promise<{ readonly name: string; readonly password: string }> {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, password: await ask(io, prompt) };
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** One that will count from now on: a person types it twice, because a mistake locks out. Rejects with Failure. */
export async function askNewSecret(io: Io, prompt: string): Promise<string> {
  const secret = await askSecret(io, prompt);
  // etcdctl asks once; a script hands over one line.
  if (io.stdin.isTTY !== true) return secret;
  if ((await askSecret(io, 'Once more: ')) === secret) return secret;
  throw new Failure(EXIT.badArguments, 'the passwords differ; nothing was changed');
}

/** Rejects with Failure. */
export async function askSecret(io: Io, prompt: string): Promise<string> {
  try {
    return await io.askSecret(prompt);
  } catch (error) {
    throw new Failure(EXIT.badArguments, `Error reading password: ${messageOf(error)}`);
  }
}

async function userIn(io: Io, path: string): Promise<string> {
  const { readUserFile } = await import('../userFile.js');
  try {
    return readUserFile({ option: '--user-file', path }, (text) => {
      complain(io, text);
    });
  } catch (error) {
    throw new Failure(EXIT.badArguments, messageOf(error));
  }
}
