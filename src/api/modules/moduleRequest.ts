/** The parameters of a module's request: from its body, if that is a form, and its query. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SHORT_FORM_LENGTH, type Form } from '../http/form';
import { readRequestForm } from '../http/requestForm';
import { parseRequestTarget } from '../http/requestTarget';
import { requestFailure, type KeyFailure } from '../v2/keys/failure';

/** Every parameter that there is, of both modules. */
const NAMES: ReadonlySet<string> = new Set(['ttl', 'value', 'timeout', 'index', 'name', 'field']);

/** Resolves when the whole request is here; never, if the client goes away in the middle. What the body says counts before the query. */
export async function readModuleForm(request: IncomingMessage, response: ServerResponse): Promise<Form | KeyFailure> {
  const query = parseRequestTarget(request.url ?? '')?.query ?? '';
  // So short that it counts for no budget, however long its client waits for the lock.
  const read = await readRequestForm(request, response, query, NAMES, { maxRequestBytes: SHORT_FORM_LENGTH });
  return read.kind === 'form' ? read.form : requestFailure(210, read.kind === 'bad' ? read.complaint : '');
}
