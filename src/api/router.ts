/** Makes a router of a table of routes: who may not use a route never gets to it. */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Access } from '../machine/auth/access';
import { isRefusal, RightGone, type Guard } from './auth/guard';
import { writeRefusal, type Refusal } from './auth/refusal';
import { writeJson, writeMethodNotAllowed, writeNotFound } from './http/answers';
import { NoRoomError } from './http/body';
import { isSafe } from './http/methods';
import { parseRequestTarget } from './http/requestTarget';
import { ruleFor, type Route, type Rule } from './routeRules';

export function createRouter(routes: readonly Route[], guard: Guard): Router {
  const router = new Router({ strict: true, sensitive: true });
  for (const route of routes) {
    for (const path of route.paths) {
      router.all(path, (context) => {
        const rule = ruleFor(route, context.method);
        const onlyReads = route.rules.any === undefined && isSafe(context.method);
        if (rule !== undefined) return serve(rule, context, guard, onlyReads);
        if (route.otherMethods === 'notFound') writeNotFound(context.res);
        else writeMethodNotAllowed(context.res, Object.keys(route.rules));
        return undefined;
      });
    }
  }
  return router;
}

async function serve(rule: Rule, context: Context, guard: Guard, onlyReads: boolean): Promise<void> {
  switch (rule.right) {
    case 'open':
      return rule.serve(context);
    case 'root':
      return serveRoot(rule, context, guard, onlyReads ? 'member' : rule.reach);
    case 'read':
    case 'write':
      return serveKey(rule, context, guard);
  }
}

async function serveRoot(
  rule: RuleOf<'root'>,
  context: Context,
  guard: Guard,
  reach: RuleOf<'root'>['reach'],
): Promise<void> {
  const decision = await guard.forRoot(context.req, reach);
  if (isRefusal(decision)) {
    refuse(context, decision);
    return;
  }
  try {
    await rule.serve(context, decision);
  } catch (error) {
    if (context.res.headersSent) throw error;
    if (error instanceof RightGone) writeRefusal(context.res, guard.denied());
    else if (error instanceof NoRoomError) writeNoRoom(context);
    else throw error;
  }
}

async function serveKey(rule: RuleOf<Access>, context: Context, guard: Guard): Promise<void> {
  const key = rule.keyOf(parseRequestTarget(context.req.url ?? '')?.path ?? '');
  if (key === undefined) {
    writeNotFound(context.res);
    return;
  }
  const decision = await guard.forKey(context.req, key, rule.right, false);
  if (isRefusal(decision)) refuse(context, decision);
  else await rule.serve(context, decision, key);
}

/** As the key routes say it, in the form of the others. */
function writeNoRoom({ res: response }: Context): void {
  response.setHeader('Retry-After', 1);
  writeJson(response, 503, '{"message":"etcdserver: too many requests"}');
}

type RuleOf<R extends Rule['right']> = Extract<Rule, { readonly right: R }>;

/** Nothing of a refused request is looked at, but all of it is read, so that the client gets its answer. */
function refuse(context: Context, refusal: Refusal): void {
  context.req.resume();
  writeRefusal(context.res, refusal);
}
