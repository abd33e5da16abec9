/** /v2/keys: from the parsed request to the member and back. The hot path of the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyCommand } from '../../../machine/command';
import { isTooDeep, LEVELS_MAX } from '../../../machine/commandRules';
import type { KeyResult } from '../../../machine/keyspace/event';
import type { KeyReader, KeyWriter } from '../../../member/types';
import { writeInternalError, writeMethodNotAllowed } from '../../http/answers';
import { hasBody, readBytes, skipBody } from '../../http/body';
import type { Form } from '../../http/form';
import { formSlices, parseForm, SHORT_FORM_LENGTH } from '../../http/form';
import { parseMediaType } from '../../http/mediaType';
import { parseMultipart } from '../../http/multipart';
import { errorStatus } from '../../errors';
import type { BodyBudget } from '../../bodyBudget';
import type { ApiObserver, KeyRequestKind, KeyRequestObserver } from '../../observer';
import { UNSEEN } from '../../observer';
import { writeEvent, writeFailure } from './answer';
import type { KeyFailure } from './failure';
import { BUSY, isMemberError, keyFailure, memberFailure, requestFailure } from './failure';
import type { BadParameter, KeyParameters } from './parameters';
import { isBadParameter, PARAMETER_NAMES, readKeyParameters } from './parameters';
import type { OpenWatches } from './watchResponse';
import { WatchResponse } from './watchResponse';
import { deleteCommand, postCommand, putCommand } from './writeCommand';

const ALLOWED = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'] as const;

/** A listing of more nodes is collected while it is written: these take some milliseconds. */
const LISTED_AT_ONCE = 5000;

/** Go's words for a body beyond the limit. */
const TOO_LARGE = 'http: POST too large';

export interface KeysOptions {
  readonly member: KeyReader & KeyWriter;
  readonly maxRequestBytes: number;
  readonly bodyBudget: BodyBudget;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly openWatches: OpenWatches;
  readonly observer: ApiObserver;
  /** Why a write is not carried out, if it is not; everything is if absent. */
  readonly refusalOf?: (command: KeyCommand) => KeyFailure | undefined;
  /** Gets what nobody foresaw, once per request. */
  readonly onUnexpected: (error: unknown) => void;
}

/** What is known of a request once its parameters were read. */
interface KeyRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: KeyParameters;
  /** These two are set when it begins to be carried out. */
  startedMs: number;
  observer: KeyRequestObserver;
}

export class KeysHandler {
  constructor(private readonly options: KeysOptions) {}

  /**
   * Answers one request, now or later.
   *
   * @param path the key, clean, as a byte string
   * @param query raw
   */
  handle(request: IncomingMessage, response: ServerResponse, path: string, query: string): void {
    const method = request.method ?? '';
    switch (method) {
      case 'GET':
      case 'HEAD':
        this.run(response, method, path, new Map(), undefined, query);
        return;
      case 'DELETE':
        this.runWithoutForm(request, response, method, path, query);
        return;
      case 'PUT':
      case 'POST':
        this.readForm(request, response, method, path, query);
        return;
      default:
        writeMethodNotAllowed(response, ALLOWED);
    }
  }

  /** Bodies of other kinds than forms are ignored (spec v2-api section 2). */
  private readForm(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    path: string,
    query: string,
  ): void {
    const contentType = request.headers['content-type'];
    const mediaType = parseMediaType(contentType);
    if (!mediaType.ok) {
      this.fail(response, requestFailure(210, mediaType.complaint));
      return;
    }
    const isMultipart = mediaType.type === 'multipart/form-data';
    if ((!isMultipart && mediaType.type !== 'application/x-www-form-urlencoded') || !hasBody(request)) {
      this.runWithoutForm(request, response, method, path, query);
      return;
    }
    const done = (body: Buffer | undefined): void => {
      if (body === undefined) {
        this.fail(response, requestFailure(210, TOO_LARGE));
      } else if (isMultipart) {
        this.runMultipart(response, method, path, contentType ?? '', body, query);
      } else if (body.length > SHORT_FORM_LENGTH) {
        this.runLongForm(response, method, path, body, query);
      } else {
        const form: Form = new Map();
        const complaint = parseForm(body.latin1Slice(), PARAMETER_NAMES, form);
        this.run(response, method, path, form, complaint, query);
      }
    };
    readBytes(request, this.options.maxRequestBytes, done, {
      hasRoomFor: this.options.bodyBudget.account(response),
      onNoRoom: () => {
        this.fail(response, BUSY);
      },
    });
  }

  private runWithoutForm(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    path: string,
    query: string,
  ): void {
    skipBody(request, () => {
      this.run(response, method, path, new Map(), undefined, query);
    });
  }

  /** The body is read a slice at a time; all of the connection's later requests wait for the answer. */
  private runLongForm(response: ServerResponse, method: string, path: string, body: Buffer, query: string): void {
    const form: Form = new Map();
    const slices = formSlices(body, PARAMETER_NAMES, form);
    this.options.openWatches.turns.add((isOver) => {
      do {
        const { done, value: complaint } = slices.next();
        if (done !== true) continue;
        this.run(response, method, path, form, complaint, query);
        return false;
      } while (!isOver());
      return true;
    });
  }

  private runMultipart(
    response: ServerResponse,
    method: string,
    path: string,
    contentType: string,
    body: Buffer,
    query: string,
  ): void {
    parseMultipart(contentType, body, PARAMETER_NAMES).then(
      (parsed) => {
        this.run(response, method, path, parsed.form, parsed.complaint, query);
      },
      (error: unknown) => {
        this.unexpected(response, error);
      },
    );
  }

  /** Adds the query to the form, checks everything and carries it out. The border that no exception crosses. */
  private run(
    response: ServerResponse,
    method: string,
    path: string,
    form: Form,
    bodyComplaint: string | undefined,
    query: string,
  ): void {
    try {
      const queryComplaint = query === '' ? undefined : parseForm(query, PARAMETER_NAMES, form);
      const complaint = bodyComplaint ?? queryComplaint;
      const parameters: KeyParameters | BadParameter =
        complaint === undefined ? readKeyParameters(form, method) : { code: 210, cause: complaint };
      if (isBadParameter(parameters)) this.fail(response, requestFailure(parameters.code, parameters.cause));
      else this.carryOut(response, { method, path, parameters, startedMs: 0, observer: UNSEEN });
    } catch (error) {
      this.unexpected(response, error);
    }
  }

  private carryOut(response: ServerResponse, request: KeyRequest): void {
    const { method, path, parameters } = request;
    switch (method) {
      case 'PUT':
        this.propose(response, putCommand(path, parameters, this.options.now()), request);
        return;
      case 'POST':
        this.propose(response, postCommand(path, parameters, this.options.now()), request);
        return;
      case 'DELETE':
        this.propose(response, deleteCommand(path, parameters, this.options.now()), request);
        return;
      default:
        this.read(response, request);
    }
  }

  /** Begins to time it. */
  private begin(request: KeyRequest, kind: KeyRequestKind): void {
    const { observer } = this.options;
    request.observer = observer.keyRequest(request.method, kind);
    request.observer.received();
    request.startedMs = observer.nowMs();
  }

  private read(response: ServerResponse, request: KeyRequest): void {
    const { member } = this.options;
    const { path, parameters } = request;
    if (parameters.wait && !parameters.quorum) {
      this.begin(request, 'watch');
      this.watch(response, request);
    } else if (parameters.quorum || parameters.consistent) {
      this.begin(request, 'quorumGet');
      member.readBarrier().then(
        () => {
          this.readNow(response, request);
        },
        (error: unknown) => {
          this.reject(response, error, request);
        },
      );
    } else {
      this.begin(request, 'get');
      this.answer(response, member.get(path, parameters, LISTED_AT_ONCE), request);
    }
  }

  /** A read whose barrier was passed. */
  private readNow(response: ServerResponse, request: KeyRequest): void {
    try {
      this.answer(response, this.options.member.get(request.path, request.parameters, LISTED_AT_ONCE), request);
    } catch (error) {
      this.unexpected(response, error);
    }
  }

  private watch(response: ServerResponse, request: KeyRequest): void {
    const { recursive, stream, waitIndex } = request.parameters;
    const options = { recursive, stream, sinceIndex: waitIndex };
    const watch = new WatchResponse(this.options.member, response, options, this.options.openWatches);
    const refusal = watch.start(request.path);
    if (refusal !== undefined) this.refuse(response, keyFailure(refusal), request);
  }

  private propose(response: ServerResponse, command: KeyCommand, request: KeyRequest): void {
    if (isTooDeep(command.path)) {
      this.fail(response, requestFailure(209, `a key has at most ${LEVELS_MAX} levels`));
      return;
    }
    const refusal = this.options.refusalOf?.(command);
    if (refusal !== undefined) {
      this.fail(response, refusal);
      return;
    }
    this.begin(request, command.type);
    this.options.member.propose(command).then(
      (result) => {
        this.settle(response, result, request);
      },
      (error: unknown) => {
        this.reject(response, error, request);
      },
    );
  }

  /** Answers from a promise's callback, where an exception would have nowhere to go. */
  private settle(response: ServerResponse, result: KeyResult, request: KeyRequest): void {
    try {
      this.answer(response, result, request);
    } catch (error) {
      this.unexpected(response, error);
    }
  }

  private answer(response: ServerResponse, result: KeyResult, request: KeyRequest): void {
    if (!result.ok) {
      this.refuse(response, keyFailure(result), request);
      return;
    }
    const { member, openWatches, onUnexpected } = this.options;
    writeEvent(response, member, result, request.parameters.noValueOnSuccess, openWatches.turns, onUnexpected);
    request.observer.succeeded(this.options.observer.nowMs() - request.startedMs);
  }

  private reject(response: ServerResponse, error: unknown, request: KeyRequest): void {
    if (isMemberError(error)) this.refuse(response, memberFailure(error), request);
    else this.unexpected(response, error);
  }

  /** Fails a request that was begun. */
  private refuse(response: ServerResponse, failure: KeyFailure, request: KeyRequest): void {
    this.fail(response, failure);
    request.observer.failed(errorStatus(failure.code), this.options.observer.nowMs() - request.startedMs);
  }

  private fail(response: ServerResponse, failure: KeyFailure): void {
    writeFailure(response, this.options.member, failure);
  }

  private unexpected(response: ServerResponse, error: unknown): void {
    this.options.onUnexpected(error);
    writeInternalError(response);
  }
}
