/** The last words of a program that an error ends: of a package that cannot be loaded, which is no fault of Cairn's, a sentence. */

/** The first words of node-gyp-build's error where a package has no binary for this machine; it carries no code. */
const NO_BINARY = 'No native build was found';

/** What is wrong and what to do where files of a package are missing, cut short or of another machine; else the error with its stack. */
export function lastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = error as NodeJS.ErrnoException;
  const isUnloadable = code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED' || message.startsWith(NO_BINARY);
  if (!isUnloadable) return error.stack ?? message;
  const [what] = message.split('\n');
  return `a package of this installation is missing, damaged or made for another machine: ${what}\n${ADVICE}`;
}

const ADVICE =
  'Install it again: "rm -r node_modules && npm start" in a clone; elsewhere the package or the image that it came from';
