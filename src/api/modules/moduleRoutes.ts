/** The routes of the lock and leader modules. */
import type { Context } from 'koa';
import type { KeyGrant } from '../auth/guard';
import { denied, writeRefusal } from '../auth/refusal';
import type { Form } from '../http/form';
import type { ApiObserver } from '../observer';
import { forgetHeadOf } from '../http/requestHead';
import type { KeyReader } from '../../member/types';
import { onKey, open, type Route, type Rule } from '../routeRules';
import { writeFailure } from '../v2/keys/answer';
import { requestFailure } from '../v2/keys/failure';
import { nameOfLeader, releaseOf, renewalOf, wishOf } from './lockParameters';
import { LEADER_PREFIX, LOCK_PREFIX, lockOf } from './lockPaths';
import type { LockService } from './lockService';
import { answering, writeChanged, writeModuleText } from './moduleAnswers';
import { readModuleForm } from './moduleRequest';
import type { OpenWaits } from './openWaits';

/** Any name below; a name may have slashes in it. */
const LOCK_PATH = /^\/mod\/v2\/lock\/[^]/;
const LEADER_PATH = /^\/mod\/v2\/leader\/[^]/;

interface ModuleRequest {
  readonly context: Context;
  readonly grant: KeyGrant;
  readonly lock: string;
  readonly form: Form;
}

/** Every method is asked for the right to the lock's directory: to take, keep and give back a lock is to write there. */
export function moduleRoutes(member: KeyReader, waits: OpenWaits, observer: ApiObserver): readonly Route[] {
  const rule = (right: 'read' | 'write', prefix: string, serve: (request: ModuleRequest) => Promise<void>): Rule =>
    onKey(
      right,
      (path) => lockOf(path, prefix),
      async (context, grant, lock) => {
        const form = await readModuleForm(context.req, context.res);
        if (!grant.holds()) writeRefusal(context.res, denied(observer));
        else if (!(form instanceof Map)) writeFailure(context.res, member, form);
        else await answering(context.res, member, () => serve({ context, grant, lock, form }));
      },
    );
  return [
    {
      paths: [LOCK_PREFIX],
      rules: {
        GET: open(({ res: response }) => {
          writeModuleText(response, '');
        }),
      },
      otherMethods: 'notFound',
    },
    {
      paths: [LOCK_PATH],
      rules: {
        GET: rule('read', LOCK_PREFIX, (request) => showHolder(request, member, waits.locks)),
        POST: rule('write', LOCK_PREFIX, (request) => acquire(request, member, waits, 'value')),
        PUT: rule('write', LOCK_PREFIX, (request) => renew(request, member, waits.locks)),
        DELETE: rule('write', LOCK_PREFIX, (request) => release(request, member, waits.locks)),
      },
      otherMethods: 'notFound',
    },
    {
      paths: [LEADER_PATH],
      rules: {
        GET: rule('read', LEADER_PREFIX, (request) =>
          showHolder({ ...request, form: new Map([['field', 'value']]) }, member, waits.locks),
        ),
        PUT: rule('write', LEADER_PREFIX, (request) => lead(request, member, waits)),
        DELETE: rule('write', LEADER_PREFIX, (request) => resign(request, member, waits.locks)),
      },
      otherMethods: 'notFound',
    },
  ];
}

async function acquire(
  { context, grant, lock, form }: ModuleRequest,
  member: KeyReader,
  waits: OpenWaits,
  valueName: 'value' | 'name',
): Promise<void> {
  const wish = wishOf(lock, form, valueName);
  if ('failure' in wish) writeFailure(context.res, member, wish.failure);
  else {
    forgetHeadOf(context);
    await waits.serve(context.res, grant, wish);
  }
}

async function renew({ context, lock, form }: ModuleRequest, member: KeyReader, locks: LockService): Promise<void> {
  const renewal = renewalOf(form);
  if ('failure' in renewal) writeFailure(context.res, member, renewal.failure);
  else writeChanged(context.res, member, await locks.renew(lock, renewal.which, renewal.ttlSeconds), 'Renew');
}

async function release({ context, lock, form }: ModuleRequest, member: KeyReader, locks: LockService): Promise<void> {
  const wanted = releaseOf(form);
  if ('failure' in wanted) writeFailure(context.res, member, wanted.failure);
  else writeChanged(context.res, member, await locks.release(lock, wanted.which), 'Release');
}

/** A wrong field is only seen where there is a holder, as in etcd 0.4. */
async function showHolder(
  { context, lock, form }: ModuleRequest,
  member: KeyReader,
  locks: LockService,
): Promise<void> {
  const holder = await locks.holder(lock);
  switch (holder.kind) {
    case 'held':
      switch (form.get('field') ?? '') {
        case '':
        case 'value':
          writeModuleText(context.res, holder.place.value);
          return;
        case 'index':
          writeModuleText(context.res, String(holder.place.index));
          return;
        default:
          writeFailure(context.res, member, requestFailure(209, 'Get'));
          return;
      }
    case 'vacant':
      writeModuleText(context.res, '');
      return;
    case 'neverSeen': {
      const { etcdIndex } = member.indexes();
      writeFailure(context.res, member, { code: 100, cause: lock, etcdIndex });
    }
  }
}

async function lead(request: ModuleRequest, member: KeyReader, waits: OpenWaits): Promise<void> {
  const name = nameOfLeader(request.form);
  if (typeof name === 'string') await acquire(request, member, waits, 'name');
  else writeFailure(request.context.res, member, name.failure);
}

async function resign({ context, lock, form }: ModuleRequest, member: KeyReader, locks: LockService): Promise<void> {
  const name = nameOfLeader(form);
  if (typeof name !== 'string') writeFailure(context.res, member, name.failure);
  else writeChanged(context.res, member, await locks.release(lock, { by: 'value', value: name }), 'Release');
}
