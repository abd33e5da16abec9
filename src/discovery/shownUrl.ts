/** The token of a discovery URL is all that it takes to register at it: logs and messages show only its beginning. */
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/** Enough to tell two tokens apart, and far too little to guess one. */
const SHOWN_LENGTH = 4;
/** What is shorter is a word that somebody chose, and no secret: services make tokens of 32. */
const TOKEN_LENGTH_MIN = 8;

/** The discovery URL as it may be shown. */
export function shownUrl(url: string): string {
  return withoutToken(url, url);
}

/** The text with the token of the discovery URL shortened wherever it stands. */
export function withoutToken(text: string, url: string): string {
  const [address = ''] = url.split('?', 1);
  const path = withoutTrailingSlashes(address).replace(/^[a-z]+:\/\/[^/]*/i, '');
  const token = path.slice(path.lastIndexOf('/') + 1);
  return token.length < TOKEN_LENGTH_MIN ? text : text.replaceAll(token, `${token.slice(0, SHOWN_LENGTH)}…`);
}
