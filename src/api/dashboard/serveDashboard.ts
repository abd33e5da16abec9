/**
 * `/mod/dashboard/` (spec v0-api section 6). Everybody may have the files: they hold no data, and what the page then asks for passes the guard
 * like any other request.
 */
import type { Context } from 'koa';
import { writeErrorText } from '../http/answers';
import type { Asset, Assets } from './assets';

export const DASHBOARD_PATH = '/mod/dashboard';

/**
 * Nothing but the member's own files runs or is shown, and the page speaks to nobody but the member. So text that became markup by a
 * mistake would still be without effect.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types',
].join('; ');

const SAFETY = [
  'Content-Security-Policy',
  CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

const NAME_SHOWN_MAX = 100;
const PAGE = 'index.html';

export function redirectToDashboard({ res }: Context): void {
  res.writeHead(302, ['Location', `${DASHBOARD_PATH}/`, 'Content-Length', 0]);
  res.end();
}

/** For every path below that is no file: the page itself says what it shows there. */
export function servePage(context: Context, assets: Assets): void {
  const page = assets.get(PAGE);
  if (page === undefined) {
    writeErrorText(context.res, 404, 'this program was built without its dashboard; npm run build makes it');
    return;
  }
  // It names the other files by what is in them, so it has to be the newest.
  send(context, page, 'no-cache');
}

/** @param name as it was asked for, decoded */
export function serveFile(context: Context, assets: Assets, name: string): void {
  const asset = name === PAGE ? undefined : assets.get(name);
  if (asset === undefined) {
    // The text of the error is ASCII, whatever was asked for.
    const shown = name.slice(0, NAME_SHOWN_MAX).replace(/[^ -~]/g, '?');
    writeErrorText(context.res, 404, `${shown}: File not found`);
    return;
  }
  send(context, asset, /-[0-9A-Z]{8}\./.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function send({ req, res }: Context, asset: Asset, cacheControl: string): void {
  const headers = [...SAFETY, 'ETag', asset.etag, 'Cache-Control', cacheControl, 'Vary', 'Accept-Encoding'];
  if (req.headers['if-none-match'] === asset.etag) {
    res.writeHead(304, headers);
    res.end();
    return;
  }
  const isCompressed = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
  const body = isCompressed ? asset.gzip : asset.body;
  headers.push('Content-Type', asset.contentType, 'Content-Length', String(body.length));
  if (isCompressed) headers.push('Content-Encoding', 'gzip');
  res.writeHead(200, headers);
  res.end(body);
}
