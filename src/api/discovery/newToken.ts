/** `/new`: makes a token for a cluster that is about to be formed, and answers its URL. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { KeyCommand } from '../../machine/command';
import type { KeyReader, KeyWriter } from '../../member/types';
import type { RootGrant } from '../auth/guard';
import { writeErrorText, writePlainText, writeRetryText } from '../http/answers';
import { hasBody, readBody, wholeRequest } from '../http/body';
import type { Form } from '../http/form';
import { parseForm } from '../http/form';
import { parseMediaType } from '../http/mediaType';
import { parseRequestTarget } from '../http/requestTarget';
import { parseGoInteger } from '../http/goInteger';
import type { DiscoveryOptions } from './options';
import { createTokenCommand, directoryOf } from './registry';
import type { Rate } from '../rate';
import { hasRoomForToken, SIZE_MAX, SIZE_MIN, tokenDirectoryCommand, TOKENS_MAX } from './tokenRules';

/** How many members a cluster gets when nothing is said. */
const DEFAULT_SIZE = '3';

/** The form has one short field; a longer body is a mistake or an attack. */
const BODY_MAX_BYTES = 4096;

const FIELDS: ReadonlySet<string> = new Set(['size']);
const METHODS_WITH_FORM: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** A host with or without a port, as it may stand in a URL. */
const HOST = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/** Any method will do; whoever reads the answer has made a token (spec cli-and-config section 4). */
export async function serveNewToken(
  context: Context,
  grant: RootGrant,
  member: KeyReader & KeyWriter,
  options: DiscoveryOptions,
  rate: Rate,
  nowMs: number,
): Promise<void> {
  const { req: request, res: response } = context;
  const form = await readForm(request);
  if (form === undefined) {
    writeErrorText(response, 413, 'http: request body too large');
    return;
  }
  const text = form.get('size') ?? '';
  const size = parseGoInteger(text === '' ? DEFAULT_SIZE : text);
  if (!size.ok) {
    writeErrorText(response, 400, size.complaint());
    return;
  }
  if (size.value < SIZE_MIN || size.value > SIZE_MAX) {
    writeErrorText(response, 400, `a cluster has ${SIZE_MIN} to ${SIZE_MAX} members; ${size.value} is out of range`);
    return;
  }
  if (!rate.take(nowMs)) {
    writeRetryText(response, 429, 'too many tokens are asked for; try again in a second');
    return;
  }
  if (!hasRoomForToken(member)) {
    writeErrorText(response, 507, `there are ${TOKENS_MAX} tokens; they end by themselves, or can be deleted`);
    return;
  }
  const token = options.makeToken();
  // Why the member could not is a matter for its own log; the service of etcd says no more than this either.
  const isMade =
    (await isDone(grant.use(member), tokenDirectoryCommand(directoryOf(token), nowMs, options.tokenTtlSeconds))) &&
    (await isDone(grant.use(member), createTokenCommand(token, size.value.toString(), nowMs)));
  if (isMade) writePlainText(response, 200, `${prefixOf(context, options.urlPrefix)}/${token}`);
  else writeErrorText(response, 400, 'Unable to generate token');
}

function isDone(member: KeyWriter, command: KeyCommand): Promise<boolean> {
  return member.propose(command).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The fields of a form in the body, then those of the query; undefined if the body is too long. */
async function readForm(request: IncomingMessage): Promise<Form | undefined> {
  const form: Form = new Map();
  const mediaType = parseMediaType(request.headers['content-type']);
  const isForm = mediaType.ok && mediaType.type === 'application/x-www-form-urlencoded';
  if (isForm && hasBody(request) && METHODS_WITH_FORM.includes(request.method ?? '')) {
    const body = await readBody(request, BODY_MAX_BYTES);
    if (body === undefined) return undefined;
    parseForm(body, FIELDS, form);
  } else {
    await wholeRequest(request);
  }
  parseForm(parseRequestTarget(request.url ?? '')?.query ?? '', FIELDS, form);
  return form;
}

/** The address that reached this member from where the client is; of one that sent none, the address it came in by. */
function prefixOf(context: Context, urlPrefix: string): string {
  if (urlPrefix !== '') return urlPrefix;
  const { headers, socket } = context.req;
  const host = headers.host ?? '';
  if (HOST.test(host)) return `${context.protocol}://${host}`;
  const address = socket.localAddress ?? '';
  return `${context.protocol}://${address.includes(':') ? `[${address}]` : address}:${socket.localPort ?? 0}`;
}
