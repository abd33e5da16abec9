/** `/version` and `/`. */
import type { Context } from 'koa';
import type { ClusterAdmin } from '../../member/types';
import { writeJson, writePlainText } from '../http/answers';
import { jsonText } from '../http/json';
import { API_VERSION, VERSION_TEXT } from '../version';

/** The version of this server and of the cluster; no newline (spec v2-api section 8). */
export function versionJson(member: ClusterAdmin): string {
  return `{"etcdserver":"${API_VERSION}","etcdcluster":${jsonText(member.clusterVersion())}}`;
}

/** The reader of the header takes time with the square of its length, and a browser's has some hundred characters. */
const ACCEPT_LENGTH_MAX = 1024;

/** JSON, or the 0.x line for a client that prefers plain text (spec conflicts row 10). */
export function serveVersion(context: Context, member: ClusterAdmin): void {
  if (prefersPlainText(context)) writePlainText(context.res, 200, VERSION_TEXT);
  else writeJson(context.res, 200, versionJson(member));
}

function prefersPlainText(context: Context): boolean {
  const { accept = '' } = context.req.headers;
  return accept.length <= ACCEPT_LENGTH_MAX && context.accepts('application/json', 'text/plain') === 'text/plain';
}

/** The root path says what is running (spec conflicts row 11). */
export function serveRoot(context: Context): void {
  writePlainText(context.res, 200, VERSION_TEXT);
}
