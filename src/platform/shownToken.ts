/** The token of a discovery URL is all that it takes to register at it: logs and messages show only its beginning. */

/** Enough to tell two tokens apart, and far too little to guess one. */
const SHOWN_LENGTH = 4;
/** What is shorter is a word that somebody chose, and no secret: services make tokens of 32. */
const TOKEN_LENGTH_MIN = 8;

/** The token as it may be shown. */
export function shownToken(token: string): string {
  return token.length < TOKEN_LENGTH_MIN ? token : `${token.slice(0, SHOWN_LENGTH)}…`;
}
