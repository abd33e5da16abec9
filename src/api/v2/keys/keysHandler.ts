/** /v2/keys: from the request to what is asked for. The hot path of the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRefusal, type KeyGrant, type KeyGuard } from '../../auth/guard';
import { denied, keyRefusal, type Refusal } from '../../auth/refusal';
import { writeMethodNotAllowed } from '../../http/answers';
import { hasBody, readBytes, skipBody } from '../../http/body';
import type { Form } from '../../http/form';
import { formSlices, parseForm, SHORT_FORM_LENGTH } from '../../http/form';
import { parseMediaType } from '../../http/mediaType';
import { parseMultipart } from '../../http/multipart';
import { forgetHead } from '../../http/requestHead';
import { BUSY, requestFailure } from './failure';
import { KeyOperations, type KeyOperationsOptions } from './keyOperations';
import type { BadParameter, KeyParameters } from './parameters';
import { isBadParameter, PARAMETER_NAMES, readKeyParameters } from './parameters';

const ALLOWED = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'] as const;

/** Go's words for a body beyond the limit. */
const TOO_LARGE = 'http: POST too large';

export interface KeysOptions extends KeyOperationsOptions {
  readonly guard: KeyGuard;
  readonly maxRequestBytes: number;
}

/** Reads key requests: the query and the body become parameters, which KeyOperations carries out. */
export class KeysHandler {
  private readonly operations: KeyOperations;

  constructor(private readonly options: KeysOptions) {
    this.operations = new KeyOperations(options);
  }

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
      this.operations.fail(response, requestFailure(210, mediaType.complaint));
      return;
    }
    const isMultipart = mediaType.type === 'multipart/form-data';
    if ((!isMultipart && mediaType.type !== 'application/x-www-form-urlencoded') || !hasBody(request)) {
      this.runWithoutForm(request, response, method, path, query);
      return;
    }
    const done = (body: Buffer | undefined): void => {
      if (body === undefined) {
        this.operations.fail(response, requestFailure(210, TOO_LARGE));
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
        this.operations.fail(response, BUSY);
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
        this.operations.unexpected(response, error);
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
      if (isBadParameter(parameters)) this.operations.fail(response, requestFailure(parameters.code, parameters.cause));
      else this.authorise(response, method, path, parameters);
    } catch (error) {
      this.operations.unexpected(response, error);
    }
  }

  /** What is wrong with a request is said to everybody; from here on only to who may make it. */
  private authorise(response: ServerResponse, method: string, path: string, parameters: KeyParameters): void {
    const access = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
    const decision = this.options.guard.forKey(response.req, path, access, parameters.recursive);
    if (decision instanceof Promise) this.whenDecided(decision, response, method, path, parameters);
    else this.decided(decision, response, method, path, parameters);
  }

  private whenDecided(
    decision: Promise<KeyGrant | Refusal>,
    response: ServerResponse,
    method: string,
    path: string,
    parameters: KeyParameters,
  ): void {
    decision
      .then((decided) => {
        this.decided(decided, response, method, path, parameters);
      })
      .catch((error: unknown) => {
        this.operations.unexpected(response, error);
      });
  }

  private decided(
    decided: KeyGrant | Refusal,
    response: ServerResponse,
    method: string,
    path: string,
    parameters: KeyParameters,
  ): void {
    if (isRefusal(decided)) this.operations.fail(response, keyRefusal(decided));
    else if (!decided.holds()) this.operations.fail(response, keyRefusal(denied(this.options.observer)));
    else {
      if (parameters.wait) forgetHead(response.req);
      this.operations.carryOut(response, decided, method, path, parameters);
    }
  }
}
