/** The parameters of a module's request: from its body, if that is a form, and its query. */
import type { IncomingMessage } from 'node:http';
import { hasBody, readBytes, wholeRequest } from '../http/body';
import { parseForm, SHORT_FORM_LENGTH, type Form } from '../http/form';
import { parseMediaType } from '../http/mediaType';
import { parseMultipart } from '../http/multipart';
import { parseRequestTarget } from '../http/requestTarget';
import { requestFailure, type KeyFailure } from '../v2/keys/failure';

/** Every parameter that there is, of both modules. */
const NAMES: ReadonlySet<string> = new Set(['ttl', 'value', 'timeout', 'index', 'name', 'field']);

/** Go's words for a body beyond the limit. */
const TOO_LARGE = 'http: POST too large';

/** Resolves when the whole request is here; never, if the client goes away in the middle. What the body says counts before the query. */
export async function readModuleForm(request: IncomingMessage): Promise<Form | KeyFailure> {
  const form: Form = new Map();
  const complaint = await readBodyInto(request, form);
  const query = parseRequestTarget(request.url ?? '')?.query ?? '';
  const found = complaint ?? parseForm(query, NAMES, form);
  return found === undefined ? form : requestFailure(210, found);
}

/** Bodies of other kinds than forms are ignored, as they are for keys. */
async function readBodyInto(request: IncomingMessage, form: Form): Promise<string | undefined> {
  const contentType = request.headers['content-type'];
  const mediaType = parseMediaType(contentType);
  if (!mediaType.ok) return mediaType.complaint;
  const isMultipart = mediaType.type === 'multipart/form-data';
  if (!hasBody(request) || (!isMultipart && mediaType.type !== 'application/x-www-form-urlencoded')) {
    await wholeRequest(request);
    return undefined;
  }
  const body = await new Promise<Buffer | undefined>((resolve) => {
    readBytes(request, SHORT_FORM_LENGTH, resolve);
  });
  if (body === undefined) return TOO_LARGE;
  if (!isMultipart) return parseForm(body.latin1Slice(), NAMES, form);
  const parsed = await parseMultipart(contentType ?? '', body, NAMES);
  for (const [name, value] of parsed.form) form.set(name, value);
  return parsed.complaint;
}
