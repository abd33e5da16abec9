/** `POST /founders` of the peer port: a founder without a state asks what is known of it (discovery/README.md). */
import type { RequestListener, ServerResponse } from 'node:http';
import { writeBadRequest, writeErrorText, writeInternalError, writeJson, writeMethodNotAllowed } from './http/answers';
import { parseRequestTarget } from './http/requestTarget';

export const FOUNDERS_PATH = '/founders';

export interface FoundersQuestion {
  readonly clusterId: string;
  readonly memberId: string;
  readonly incarnation: string;
}

/** Answers what is to be sent as JSON; undefined: it cannot be said yet. */
export type AnswerFounder = (question: FoundersQuestion) => Promise<object | undefined>;

/** For a member that begins: it answers founders, and has nothing else to say yet. */
export function createBeginningHandler(answer: AnswerFounder, onUnexpected: (error: unknown) => void): RequestListener {
  return (request, response) => {
    const target = parseRequestTarget(request.url ?? '');
    if (target === undefined) writeBadRequest(response);
    else if (target.path === FOUNDERS_PATH) serveFounders(answer, request.method, target.query, response, onUnexpected);
    else writeErrorText(response, 503, 'this member has no state yet');
  };
}

/** @param query raw */
export function serveFounders(
  answer: AnswerFounder,
  method: string | undefined,
  query: string,
  response: ServerResponse,
  onUnexpected: (error: unknown) => void,
): void {
  const question = questionOf(query);
  if (method !== 'POST') {
    writeMethodNotAllowed(response, ['POST']);
  } else if (question === undefined) {
    writeBadRequest(response);
  } else {
    answer(question).then(
      (said) => {
        if (said === undefined) writeErrorText(response, 503, 'this member cannot say yet which cluster it belongs to');
        else writeJson(response, 200, `${JSON.stringify(said)}\n`);
      },
      (error: unknown) => {
        onUnexpected(error);
        writeInternalError(response);
      },
    );
  }
}

function questionOf(query: string): FoundersQuestion | undefined {
  const parameters = new URLSearchParams(query);
  const [clusterId, memberId] = [parameters.get('clusterId') ?? '', parameters.get('memberId') ?? ''];
  const incarnation = parameters.get('incarnation') ?? '';
  const isQuestion =
    [clusterId, memberId].every((id) => /^[0-9a-f]{1,16}$/.test(id)) && /^[0-9a-f]{32}$/.test(incarnation);
  return isQuestion ? { clusterId, memberId, incarnation } : undefined;
}
