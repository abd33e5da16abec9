/** How a route says who may use it: each of its methods has a rule, and without one there is no method. */
import type { Context } from 'koa';
import type { Access } from '../machine/auth/access';
import type { AuthSource } from '../member/types';
import type { KeyGrant, RootGrant } from './auth/guard';
import { NO_STATE, writeRefusal } from './auth/refusal';

/** Everybody's, or, where auth is on, root's alone or theirs who may read or write the key behind it. */
export type Right = Rule['right'];

export type Rule =
  | { readonly right: 'open'; readonly serve: (context: Context) => void | Promise<void> }
  | {
      readonly right: 'root';
      /** What it changes, if it changes anything: what all members have, or only this one. */
      readonly reach: 'cluster' | 'member';
      readonly serve: (context: Context, grant: RootGrant) => void | Promise<void>;
    }
  | {
      readonly right: Access;
      /** The key behind a cleaned path, as a byte string; undefined: there is no such route. */
      readonly keyOf: (path: string) => string | undefined;
      readonly serve: (context: Context, grant: KeyGrant, key: string) => void | Promise<void>;
    };

type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';

/** The methods in the order of the `Allow` header; any other one gets 405. Or `any`: the route looks at the method itself. */
export type Rules = (Readonly<Partial<Record<Method, Rule>>> & { readonly any?: undefined }) | { readonly any: Rule };

export interface Route {
  /** Exact: a trailing slash makes another path. Or what the whole path looks like. */
  readonly paths: readonly (string | RegExp)[];
  readonly rules: Rules;
  /** What a method without a rule gets: as a rule that it is not allowed. */
  readonly otherMethods?: 'notAllowed' | 'notFound';
}

export function open(serve: (context: Context) => void | Promise<void>): Rule {
  return { right: 'open', serve };
}

/** For what only whoever has the state of the cluster can say: of one that joins, a client would take no members, or no auth, for an answer. */
export function withState<T>(
  member: Pick<AuthSource, 'hasState'>,
  serve: (context: Context) => T,
): (context: Context) => T | undefined {
  return (context) => {
    if (member.hasState()) return serve(context);
    writeRefusal(context.res, NO_STATE);
    return undefined;
  };
}

/** What it does is given the grant, so that nothing can come to do it without one. */
export function root(serve: RootRule['serve'], reach: RootRule['reach'] = 'cluster'): Rule {
  return { right: 'root', reach, serve };
}

/** The rule for a method; undefined: it is not allowed. */
export function ruleFor({ rules }: Route, method: string): Rule | undefined {
  return rules.any ?? Object.entries(rules).find(([name]) => name === method)?.[1];
}

type RootRule = Extract<Rule, { readonly right: 'root' }>;

type KeyRule = Extract<Rule, { readonly right: Access }>;

/** What reads or writes a key by another name. It is given the grant and the key. */
export function onKey(right: Access, keyOf: KeyRule['keyOf'], serve: KeyRule['serve']): Rule {
  return { right, keyOf, serve };
}
