/** How a route says who may use it: each of its methods has a rule, and without one there is no method. */
import type { Context } from 'koa';
import type { RootGrant } from './auth/guard';

/** Everybody's, or root's alone where auth is on. */
export type Right = 'open' | 'root';

export type Rule =
  | { readonly right: 'open'; readonly serve: (context: Context) => void | Promise<void> }
  | { readonly right: 'root'; readonly serve: (context: Context, grant: RootGrant) => void | Promise<void> };

type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';

/** The methods in the order of the `Allow` header; any other one gets 405. Or `any`: the route looks at the method itself. */
export type Rules = (Readonly<Partial<Record<Method, Rule>>> & { readonly any?: undefined }) | { readonly any: Rule };

export interface Route {
  /** Exact: a trailing slash makes another path. Or what the whole path looks like. */
  readonly paths: readonly (string | RegExp)[];
  readonly rules: Rules;
}

export function open(serve: (context: Context) => void | Promise<void>): Rule {
  return { right: 'open', serve };
}

/** What it does is given the grant, so that nothing can come to do it without one. */
export function root(serve: (context: Context, grant: RootGrant) => void | Promise<void>): Rule {
  return { right: 'root', serve };
}

/** The rule for a method; undefined: it is not allowed. */
export function ruleFor({ rules }: Route, method: string): Rule | undefined {
  return rules.any ?? Object.entries(rules).find(([name]) => name === method)?.[1];
}
