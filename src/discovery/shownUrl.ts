/** Discovery URLs as logs and messages show them. */
import { shownToken } from '../platform/shownToken';
import { withoutTrailingSlashes } from '../platform/trailingSlashes';

/** The discovery URL as it may be shown. */
export function shownUrl(url: string): string {
  return withoutToken(url, url);
}

/** The text with the token of the discovery URL shortened wherever it stands. */
export function withoutToken(text: string, url: string): string {
  const [address = ''] = url.split('?', 1);
  const path = withoutTrailingSlashes(address).replace(/^[a-z]+:\/\/[^/]*/i, '');
  const token = path.slice(path.lastIndexOf('/') + 1);
  return token === '' ? text : text.replaceAll(token, shownToken(token));
}
