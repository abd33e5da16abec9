/** What is said when a package cannot be loaded: that its files are missing, cut short or of another machine is no fault of Cairn's. */

/** The first words of node-gyp-build's error where a package has no binary for this machine; it carries no code. */
const NO_BINARY = 'No native build was found';

/** What is wrong and what to do, without a stack; undefined for every other error. */
export function brokenInstallation(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message } = error as NodeJS.ErrnoException;
  const isUnloadable = code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED' || message.startsWith(NO_BINARY);
  if (!isUnloadable) return undefined;
  const [what] = message.split('\n');
  return `a package of this installation is missing, damaged or made for another machine: ${what}\n${ADVICE}`;
}

const ADVICE =
  'Install it again: "rm -r node_modules && npm start" in a clone; elsewhere the package or the image that it came from';
