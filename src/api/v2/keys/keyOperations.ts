/** Carries key requests out: read, watch, propose; each is timed from when it is begun to its answer. */
import type { KeyCommand } from '../../../machine/command';
import { faultOfKey, faultOfLength } from '../../../machine/commandRules';
import type { KeyEvent, KeyResult } from '../../../machine/keyspace/event';
import type { KeyReader, KeyWriter, OwnReader } from '../../../member/types';
import type { KeyGrant } from '../../auth/guard';
import { denied, keyRefusal } from '../../auth/refusal';
import type { BodyBudget } from '../../bodyBudget';
import { writeInternalError } from '../../http/answers';
import type { Outgoing } from '../../http/outgoing';
import type { ApiObserver, KeyRequestKind, KeyRequestObserver } from '../../observer';
import { UNSEEN } from '../../observer';
import { writeAnyFailure, writeEvent, writeKept, writeListing } from './answer';
import { eventPieces, eventStatus } from './eventJson';
import type { KeyFailure } from './failure';
import { BUSY, isMemberError, keyFailure, memberFailure, requestFailure, statusOf } from './failure';
import type { KeptListings } from './keptListings';
import type { KeyParameters } from './parameters';
import { withoutPrevious } from './previous';
import type { OpenWatches } from './watchResponse';
import { WatchResponse } from './watchResponse';
import { deleteCommand, postCommand, putCommand } from './writeCommand';

/** A listing of more nodes is collected while it is written: these take some milliseconds. */
const LISTED_AT_ONCE = 5000;

export interface KeyOperationsOptions {
  readonly member: KeyReader & OwnReader & KeyWriter;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly openWatches: OpenWatches;
  readonly bodyBudget: BodyBudget;
  readonly listings: KeptListings;
  readonly observer: ApiObserver;
  /** Why a write is not carried out, if it is not; everything is if absent. */
  readonly refusalOf?: (command: KeyCommand) => KeyFailure | undefined;
  /** What is said to who reads a key that is not there, if it is not just that. */
  readonly insteadOfMissing?: (path: string) => KeyFailure | undefined;
  /** Gets what nobody foresaw, once per request. */
  readonly onUnexpected: (error: unknown) => void;
}

interface KeyRequest {
  readonly grant: KeyGrant;
  readonly method: string;
  readonly path: string;
  readonly parameters: KeyParameters;
  /** These two are set when it begins to be carried out. */
  startedMs: number;
  observer: KeyRequestObserver;
}

export class KeyOperations {
  constructor(private readonly options: KeyOperationsOptions) {}

  /**
   * Answers one request, now or later. Throws nothing.
   *
   * @param grant for this key and what the method does to it
   */
  carryOut(response: Outgoing, grant: KeyGrant, method: string, path: string, parameters: KeyParameters): void {
    const request: KeyRequest = { grant, method, path, parameters, startedMs: 0, observer: UNSEEN };
    try {
      this.dispatch(response, request);
    } catch (error) {
      this.reject(response, error, request);
    }
  }

  private dispatch(response: Outgoing, request: KeyRequest): void {
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

  private read(response: Outgoing, request: KeyRequest): void {
    const { member } = this.options;
    const { parameters } = request;
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
      this.show(response, request);
    }
  }

  /** A read whose barrier was passed. */
  private readNow(response: Outgoing, request: KeyRequest): void {
    try {
      if (request.grant.holds()) {
        this.show(response, request);
      } else {
        this.deny(response, request);
      }
    } catch (error) {
      this.reject(response, error, request);
    }
  }

  /** Answers with what is there now. */
  private show(response: Outgoing, request: KeyRequest): void {
    const { member, openWatches, listings, onUnexpected } = this.options;
    const { path, parameters } = request;
    const kept = listings.count === 0 ? undefined : listings.find(path, parameters, member);
    const result = member.get(path, parameters, kept === undefined ? LISTED_AT_ONCE : 0);
    if (!result.ok) {
      const instead = this.options.insteadOfMissing?.(path);
      if (instead === undefined) this.answer(response, result, request);
      else this.refuse(response, instead, request);
      return;
    }
    if (!request.grant.mayShow(result)) {
      this.deny(response, request);
      return;
    }
    if (!hasChildren(result)) {
      this.answer(response, result, request);
      return;
    }
    const { etcdIndex } = result;
    if (kept === undefined) {
      const pieces = listings.keeping(path, parameters, member, eventPieces(result));
      writeListing(response, member, etcdIndex, pieces, openWatches.turns, onUnexpected);
    } else {
      // It has begun, and would be told of every change from here on.
      result.listing?.return();
      writeKept(response, member, etcdIndex, kept);
    }
    this.succeed(request);
  }

  private watch(response: Outgoing, request: KeyRequest): void {
    if (!request.grant.mayWatch(this.options.member)) {
      this.deny(response, request);
      return;
    }
    const fault = faultOfLength(request.path);
    if (fault !== undefined) {
      this.refuse(response, requestFailure(209, fault), request);
      return;
    }
    // Of all that it was asked with, the key is held for as long as the client waits.
    if (!this.options.bodyBudget.account(response)(request.path.length)) {
      this.refuse(response, BUSY, request);
      return;
    }
    const { recursive, stream, waitIndex } = request.parameters;
    const options = { recursive, stream, sinceIndex: waitIndex };
    const watch = new WatchResponse(this.options.member, response, request.grant, options, this.options.openWatches);
    const refusal = watch.start(request.path);
    if (refusal !== undefined) this.refuse(response, keyFailure(refusal), request);
  }

  private propose(response: Outgoing, command: KeyCommand, request: KeyRequest): void {
    const fault = faultOfKey(command);
    if (fault !== undefined) {
      this.fail(response, requestFailure(209, fault));
      return;
    }
    const refusal = this.options.refusalOf?.(command);
    if (refusal !== undefined) {
      this.fail(response, refusal);
      return;
    }
    this.begin(request, command.type);
    this.options.member.propose(command, response.req.socket.remoteAddress).then(
      (result) => {
        this.settle(response, result, request);
      },
      (error: unknown) => {
        this.reject(response, error, request);
      },
    );
  }

  /** Answers from a promise's callback, where an exception would have nowhere to go. */
  private settle(response: Outgoing, result: KeyResult, request: KeyRequest): void {
    try {
      this.answer(response, result, request);
    } catch (error) {
      this.unexpected(response, error, request);
    }
  }

  private answer(response: Outgoing, result: KeyResult, request: KeyRequest): void {
    const shown = request.grant.showsPrevious() ? result : withoutPrevious(result);
    if (!shown.ok) {
      this.refuse(response, keyFailure(shown), request);
      return;
    }
    const { member, openWatches, onUnexpected } = this.options;
    const status = result.ok ? eventStatus(result) : undefined;
    writeEvent(response, member, shown, request.parameters.noValueOnSuccess, openWatches.turns, onUnexpected, status);
    this.succeed(request);
  }

  private succeed(request: KeyRequest): void {
    request.observer.succeeded(this.options.observer.nowMs() - request.startedMs);
  }

  private reject(response: Outgoing, error: unknown, request: KeyRequest): void {
    if (isMemberError(error)) this.refuse(response, memberFailure(error), request);
    else this.unexpected(response, error, request);
  }

  /** The right that it was begun with is no longer there, or not for what was found. */
  private deny(response: Outgoing, request: KeyRequest): void {
    this.refuse(response, keyRefusal(denied(this.options.observer)), request);
  }

  /** Fails a request that was begun. */
  private refuse(response: Outgoing, failure: KeyFailure, request: KeyRequest): void {
    this.fail(response, failure);
    this.countFailure(statusOf(failure), request);
  }

  private countFailure(status: number, { observer, startedMs }: KeyRequest): void {
    observer.failed(status, this.options.observer.nowMs() - startedMs);
  }

  /** Answers a request that is not begun. */
  fail(response: Outgoing, failure: KeyFailure): void {
    const { member, openWatches, onUnexpected } = this.options;
    writeAnyFailure(response, member, failure, openWatches.turns, onUnexpected);
  }

  /** Answers with 500, and tells of it. @param request if it came to be one; it may have been begun */
  unexpected(response: Outgoing, error: unknown, request?: KeyRequest): void {
    this.options.onUnexpected(error);
    writeInternalError(response);
    if (request !== undefined) this.countFailure(500, request);
  }
}

function hasChildren({ node, listing }: KeyEvent): boolean {
  return listing !== undefined || (node.nodes !== undefined && node.nodes.length > 0);
}
