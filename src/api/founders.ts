/**
 * `/founders` of the peer port (discovery/README.md): with POST a founder without a state asks what is known of it, with GET a
 * member asks it in turn who it is.
 */
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
export interface AnswerFounder {
  answer(question: FoundersQuestion): Promise<object | undefined>;
  /** Who this member is; answered without asking anybody. */
  name(): Promise<object | undefined>;
}

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
  if (method !== 'GET' && method !== 'POST') {
    writeMethodNotAllowed(response, ['GET', 'POST']);
  } else if (method === 'GET') {
    writeSaid(answer.name(), 'this member cannot say yet which cluster it belongs to', response, onUnexpected);
  } else if (question === undefined) {
    writeBadRequest(response);
  } else {
    const notYet =
      'this member cannot say yet which cluster it belongs to, or got no answer with this incarnation from the peer URL of the ' +
      'founder that is said to ask';
    writeSaid(answer.answer(question), notYet, response, onUnexpected);
  }
}

function writeSaid(
  answer: Promise<object | undefined>,
  notYet: string,
  response: ServerResponse,
  onUnexpected: (error: unknown) => void,
): void {
  answer.then(
    (said) => {
      if (said === undefined) writeErrorText(response, 503, notYet);
      else writeJson(response, 200, `${JSON.stringify(said)}\n`);
    },
    (error: unknown) => {
      onUnexpected(error);
      writeInternalError(response);
    },
  );
}

function questionOf(query: string): FoundersQuestion | undefined {
  const parameters = new URLSearchParams(query);
  const [clusterId, memberId] = [parameters.get('clusterId') ?? '', parameters.get('memberId') ?? ''];
  const incarnation = parameters.get('incarnation') ?? '';
  const isQuestion =
    [clusterId, memberId].every((id) => /^[0-9a-f]{1,16}$/.test(id)) && /^[0-9a-f]{32}$/.test(incarnation);
  return isQuestion ? { clusterId, memberId, incarnation } : undefined;
}
