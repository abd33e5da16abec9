/** The parameters of a request outside the hot path: of its query and of a body of any kind of form. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyBudget } from '../bodyBudget';
import type { Turns } from '../turns';
import { hasBody, readBytes, wholeRequest } from './body';
import { formSlices, parseForm, SHORT_FORM_LENGTH, type Form } from './form';
import { parseMediaType } from './mediaType';
import { parseMultipart } from './multipart';

/** Without the last two for bodies of SHORT_FORM_LENGTH at the most: these count for nothing and are read at once. */
export interface FormLimits {
  readonly maxRequestBytes: number;
  readonly bodyBudget?: BodyBudget;
  readonly turns?: Turns;
}

/** `complaint`: what is wrong with it, in Go's words. */
export type RequestForm =
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'bad'; readonly complaint: string }
  /** There is no room for its body now. */
  | { readonly kind: 'busy' };

interface Parsed {
  readonly form: Form;
  readonly complaint: string | undefined;
}

/** Go's words for a body beyond the limit. */
const TOO_LARGE: RequestForm = { kind: 'bad', complaint: 'http: POST too large' };

/**
 * Resolves when the whole request is here. What the body says wins over the query. A body that is no form is skipped. Never rejects; does
 * not resolve if the client goes away in the middle.
 *
 * @param query raw
 * @param names those that are kept
 */
export async function readRequestForm(
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  names: ReadonlySet<string>,
  limits: FormLimits,
): Promise<RequestForm> {
  const contentType = request.headers['content-type'];
  const mediaType = parseMediaType(contentType);
  if (!mediaType.ok) {
    await wholeRequest(request);
    return { kind: 'bad', complaint: mediaType.complaint };
  }
  const isMultipart = mediaType.type === 'multipart/form-data';
  if ((!isMultipart && mediaType.type !== 'application/x-www-form-urlencoded') || !hasBody(request)) {
    await wholeRequest(request);
    return withQuery({ form: new Map(), complaint: undefined }, query, names);
  }
  const body = await readWhole(request, response, limits);
  if (!Buffer.isBuffer(body)) return body;
  const parsed = isMultipart
    ? await parseMultipart(contentType ?? '', body, names)
    : await parseBody(body, names, limits.turns);
  return withQuery(parsed, query, names);
}

function readWhole(
  request: IncomingMessage,
  response: ServerResponse,
  { maxRequestBytes, bodyBudget }: FormLimits,
): Promise<Buffer | RequestForm> {
  return new Promise((resolve) => {
    const done = (body: Buffer | undefined): void => {
      resolve(body ?? TOO_LARGE);
    };
    const onNoRoom = (): void => {
      resolve({ kind: 'busy' });
    };
    const room = bodyBudget && { hasRoomFor: bodyBudget.account(response), onNoRoom };
    readBytes(request, maxRequestBytes, done, room);
  });
}

/** A long one a slice at a time. */
function parseBody(body: Buffer, names: ReadonlySet<string>, turns: Turns | undefined): Promise<Parsed> {
  const form: Form = new Map();
  if (turns === undefined || body.length <= SHORT_FORM_LENGTH) {
    return Promise.resolve({ form, complaint: parseForm(body.latin1Slice(), names, form) });
  }
  const slices = formSlices(body, names, form);
  return new Promise((resolve) => {
    turns.add((isOver) => {
      do {
        const { done, value: complaint } = slices.next();
        if (done !== true) continue;
        resolve({ form, complaint });
        return false;
      } while (!isOver());
      return true;
    });
  });
}

function withQuery({ form, complaint }: Parsed, query: string, names: ReadonlySet<string>): RequestForm {
  const all = complaint ?? parseForm(query, names, form);
  return all === undefined ? { kind: 'form', form } : { kind: 'bad', complaint: all };
}
