/** `/v1/keys`: the key space of v2 in the words of etcd 0.1 (spec v0-api section 2). */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { Access } from '../../machine/auth/access';
import type { KeyCommand } from '../../machine/command';
import { faultOfLength, isTooDeep } from '../../machine/commandRules';
import { isClusterKey } from '../../machine/cluster/clusterKeys';
import type { KeyError, KeyEvent, KeyResult } from '../../machine/keyspace/event';
import type { KeyReader, KeyWriter, OwnReader } from '../../member/types';
import { errorStatus } from '../errors';
import { isRefusal, type KeyGrant, type KeyGuard } from '../auth/guard';
import { denied, keyRefusal } from '../auth/refusal';
import { wholeRequest } from '../http/body';
import { sendPieces } from '../http/longBody';
import type { FlatHeaders } from '../http/outgoing';
import type { Form } from '../http/form';
import { readRequestForm, type FormLimits } from '../http/requestForm';
import { forgetHeadOf } from '../http/requestHead';
import type { ApiObserver } from '../observer';
import { BUSY, isMemberError, memberFailure, statusOf } from '../v2/keys/failure';
import { withoutPrevious } from '../v2/keys/previous';
import type { OpenWatches } from '../v2/keys/watchResponse';
import { deleteCommandOf, setCommandOf, type SetCommand } from './commands';
import { changePieces, filePieces, listPieces, watchedPieces } from './eventJson';
import { deleteFailure, fromV2, readFailure, reserved, setFailure, type V1Failure } from './failure';
import { writeAnyV1Failure, writeV1Failure } from './failure';
import { KEYS, keyTarget, WATCH } from './keyPath';
import { parseIndex, SET_NAMES, WATCH_NAMES } from './parameters';
import { V1Watch } from './watch';

/** A listing of more nodes is collected while it is written. */
const LISTED_AT_ONCE = 5000;

export interface V1KeysOptions extends Required<Omit<FormLimits, 'turns'>> {
  readonly member: KeyReader & OwnReader & KeyWriter;
  readonly guard: KeyGuard;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly openWatches: OpenWatches;
  readonly observer: ApiObserver;
  /** Gets what nobody foresaw after the answer has begun. */
  readonly onUnexpected: (error: unknown) => void;
}

/** A promise of this class rejects only with what nobody foresaw; the application answers that. */
export class V1Keys {
  constructor(private readonly options: V1KeysOptions) {}

  /** A key, or what is in a directory; what this member has. */
  async get(context: Context): Promise<void> {
    const { key } = keyTarget(context, KEYS);
    const grant = await this.grantFor(context, key, 'read', false);
    if (grant === undefined) return;
    const result = await this.timed(context, 'get', () =>
      this.options.member.get(key, { recursive: false, sorted: true }, LISTED_AT_ONCE),
    );
    if (result === undefined) return;
    if (!result.ok) writeV1Failure(context.res, readFailure(result, key));
    else if (!grant.mayShow(result)) this.deny(context);
    else this.send(context.res, result.node.dir ? listPieces(result) : filePieces(result));
  }

  /** Set, or test-and-set where `prevValue` is given; an empty one stands for a key that is not there (conflicts row 50). */
  async set(context: Context): Promise<void> {
    const { key, query } = keyTarget(context, KEYS);
    const form = await this.formOf(context, query, SET_NAMES, 'Set');
    if (form === undefined) return;
    const command = setCommandOf(key, form, this.options.now());
    if (isFailure(command)) {
      writeV1Failure(context.res, command);
      return;
    }
    const grant = await this.grantFor(context, key, 'write', false);
    if (grant === undefined) return;
    const result = await this.timed(context, command.type, () => this.propose(context, command));
    if (result === undefined) return;
    const shown = grant.showsPrevious() ? result : withoutPrevious(result);
    if (shown.ok) this.send(context.res, changePieces(shown, shown === result));
    else this.sendFailure(context.res, this.whyNotSet(command, shown, grant));
  }

  async delete(context: Context): Promise<void> {
    const { key } = keyTarget(context, KEYS);
    await wholeRequest(context.req);
    if (isClusterKey(key)) {
      writeV1Failure(context.res, reserved('Delete'));
      return;
    }
    const grant = await this.grantFor(context, key, 'write', false);
    if (grant === undefined) return;
    if (isTooDeep(key)) {
      writeV1Failure(context.res, { code: 100, cause: key });
      return;
    }
    const result = await this.timed(context, 'delete', () =>
      this.propose(context, deleteCommandOf(key, this.options.now())),
    );
    if (result === undefined) return;
    if (!result.ok) writeV1Failure(context.res, deleteFailure(result, key));
    else this.send(context.res, changePieces(grant.showsPrevious() ? result : (withoutPrevious(result) as KeyEvent)));
  }

  /** The next change of the key or of anything below it; with an index the first one since then (conflicts row 22). */
  async watch(context: Context): Promise<void> {
    await this.beginWatch(context);
    // Until then nothing may be sent; the application takes a route that has ended without an answer for one that is not there.
    if (!context.res.closed) await new Promise((resolve) => context.res.once('close', resolve));
  }

  private async beginWatch(context: Context): Promise<void> {
    const { key, query } = keyTarget(context, WATCH);
    const sinceIndex = await this.indexToWatchFrom(context, query);
    if (sinceIndex === undefined) return;
    const grant = await this.grantFor(context, key, 'read', true);
    if (grant === undefined) return;
    const { member, openWatches, bodyBudget } = this.options;
    if (!grant.mayWatch(member)) {
      this.deny(context);
      return;
    }
    const fault = faultOfLength(key);
    if (fault !== undefined) {
      writeV1Failure(context.res, { code: 209, cause: fault });
      return;
    }
    // Of all that it was asked with, the key is held for as long as the client waits.
    if (!bodyBudget.account(context.res)(key.length)) {
      writeV1Failure(context.res, fromV2(BUSY));
      return;
    }
    forgetHeadOf(context);
    const watch = new V1Watch(member, context.res, grant, openWatches, (event) => {
      this.send(context.res, watchedPieces(event));
    });
    const failed = this.begin('watch').failed;
    try {
      const refusal = watch.start(key, sinceIndex);
      if (refusal !== undefined) {
        writeV1Failure(context.res, readFailure(refusal, key));
        failed(errorStatus(refusal.code));
      }
    } catch (error) {
      failed(500);
      throw error;
    }
  }

  /** What a watch is asked with is not held while it waits. Undefined: it was answered with why not. */
  private async indexToWatchFrom(context: Context, query: string): Promise<number | undefined> {
    const operation = 'Watch From Index';
    const form = await this.formOf(context, query, WATCH_NAMES, operation);
    if (form === undefined) return undefined;
    this.options.bodyBudget.release(context.res);
    const sinceIndex = context.method === 'POST' ? parseIndex(form.get('index') ?? '') : 0;
    if (sinceIndex === undefined) writeV1Failure(context.res, { code: 203, cause: operation });
    return sinceIndex;
  }

  private whyNotSet(command: SetCommand, error: KeyError, grant: KeyGrant): V1Failure {
    const key = command.path;
    if (command.type === 'delete') return deleteFailure(error, key);
    // Here the key is named without its slash.
    if (command.type === 'compareAndSwap' && error.code === 100) return { code: 100, cause: key.slice(1) };
    if (command.type === 'compareAndSwap' && error.code === 101) {
      return comparisonFailed(error.cause.slice(`[${command.prevValue} != `.length, -1), command.prevValue, grant);
    }
    if (command.type === 'create' && error.code === 105) {
      const { member } = this.options;
      if (member.childCount(key) !== undefined) return { code: 102, cause: key };
      const there = member.look(key, { recursive: false, sorted: false });
      return comparisonFailed(there.ok ? (there.node.value ?? '') : '', '', grant);
    }
    return setFailure(error, key);
  }

  private async propose(context: Context, command: KeyCommand): Promise<KeyResult> {
    return this.options.member.propose(command, context.req.socket.remoteAddress);
  }

  /** Undefined: it was answered with why not. */
  private async formOf(
    context: Context,
    query: string,
    names: ReadonlySet<string>,
    operation: string,
  ): Promise<Form | undefined> {
    const { openWatches, ...limits } = this.options;
    const turns = openWatches.turns;
    const read = await readRequestForm(context.req, context.res, query, names, { ...limits, turns });
    switch (read.kind) {
      case 'form':
        return read.form;
      case 'bad':
        writeV1Failure(context.res, { code: 210, cause: `${operation}: ${read.complaint}` });
        return undefined;
      case 'busy':
        writeV1Failure(context.res, fromV2(BUSY));
        return undefined;
    }
  }

  /** Undefined: it was answered with why not. */
  private async grantFor(
    context: Context,
    key: string,
    access: Access,
    recursive: boolean,
  ): Promise<KeyGrant | undefined> {
    const decided = await this.options.guard.forKey(context.req, key, access, recursive);
    if (!isRefusal(decided) && decided.holds()) return decided;
    if (isRefusal(decided)) writeV1Failure(context.res, fromV2(keyRefusal(decided)));
    else this.deny(context);
    return undefined;
  }

  private deny({ res: response }: Context): void {
    writeV1Failure(response, fromV2(keyRefusal(denied(this.options.observer))));
  }

  /** Counts it as v2 does: by the status that v2 would give. What it answers is called once, when that is known. */
  private begin(kind: keyof typeof METHODS): {
    readonly succeeded: () => void;
    readonly failed: (status: number) => void;
  } {
    const { observer } = this.options;
    const request = observer.keyRequest(METHODS[kind], kind);
    request.received();
    const startedMs = observer.nowMs();
    return {
      succeeded: () => {
        request.succeeded(observer.nowMs() - startedMs);
      },
      failed: (status) => {
        request.failed(status, observer.nowMs() - startedMs);
      },
    };
  }

  /** Undefined: the member could not do it, and that was answered. */
  private async timed(
    context: Context,
    kind: keyof typeof METHODS,
    work: () => KeyResult | Promise<KeyResult>,
  ): Promise<KeyResult | undefined> {
    const request = this.begin(kind);
    try {
      const result = await work();
      if (result.ok) request.succeeded();
      else request.failed(errorStatus(result.code));
      return result;
    } catch (error) {
      if (!isMemberError(error)) {
        request.failed(500);
        throw error;
      }
      const failure = memberFailure(error);
      request.failed(statusOf(failure));
      writeV1Failure(context.res, fromV2(failure));
      return undefined;
    }
  }

  /** Of a comparison, which shows both values. */
  private sendFailure(response: ServerResponse, failure: V1Failure): void {
    const { openWatches, onUnexpected } = this.options;
    writeAnyV1Failure(response, failure, openWatches.turns, onUnexpected);
  }

  private send(response: ServerResponse, pieces: Generator<string, void, undefined>): void {
    const { openWatches, onUnexpected } = this.options;
    const head = (more: FlatHeaders): void => {
      response.writeHead(200, ['Content-Type', 'text/plain; charset=utf-8', ...HARMLESS, ...more]);
    };
    sendPieces(response, head, pieces, openWatches.turns, onUnexpected);
  }
}

/** What v2 would be asked with for the same: metrics know no others. */
const METHODS = {
  get: 'GET',
  watch: 'GET',
  set: 'PUT',
  create: 'PUT',
  compareAndSwap: 'PUT',
  delete: 'DELETE',
} as const;

/** A value that looks like a page is none, whatever a browser thinks. */
const HARMLESS = ['X-Content-Type-Options', 'nosniff'];

/** @param have a byte string, as it is there @param given as it was expected */
function comparisonFailed(have: string, given: string, grant: KeyGrant): V1Failure {
  return { code: 101, cause: grant.showsPrevious() ? `TestAndSet: ${have}!=${given}` : '' };
}

function isFailure(command: SetCommand | V1Failure): command is V1Failure {
  return 'code' in command;
}
