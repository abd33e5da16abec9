/** Makes a router of a table of routes: who may not use a route never gets to it. */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { isRefusal, RightGone, type Guard } from './auth/guard';
import { DENIED, writeRefusal } from './auth/refusal';
import { writeMethodNotAllowed } from './http/answers';
import { ruleFor, type Route, type Rule } from './routeRules';

export function createRouter(routes: readonly Route[], guard: Guard): Router {
  const router = new Router({ strict: true, sensitive: true });
  for (const route of routes) {
    for (const path of route.paths) {
      router.all(path, (context) => {
        const rule = ruleFor(route, context.method);
        if (rule !== undefined) return serve(rule, context, guard);
        writeMethodNotAllowed(context.res, Object.keys(route.rules));
        return undefined;
      });
    }
  }
  return router;
}

async function serve(rule: Rule, context: Context, guard: Guard): Promise<void> {
  if (rule.right === 'open') {
    await rule.serve(context);
    return;
  }
  const decision = await guard.forRoot(context.req);
  if (isRefusal(decision)) {
    // Nothing of a refused request is looked at, but all of it is read, so that the client gets its answer.
    context.req.resume();
    writeRefusal(context.res, decision);
    return;
  }
  try {
    await rule.serve(context, decision);
  } catch (error) {
    if (!(error instanceof RightGone) || context.res.headersSent) throw error;
    writeRefusal(context.res, DENIED);
  }
}
