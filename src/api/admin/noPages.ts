/** Routes on a peer port: no page in a browser has any business there, whatever name it came by. */
import type { Context } from 'koa';
import type { Member } from '../../member/types';
import { isOfPage } from '../connection/crossSite';
import { refuseForeignName, type WebRules } from '../connection/webRules';
import { writeErrorText } from '../http/answers';
import { root, type Route, type Rule, type Rules } from '../routeRules';

/** The same routes, of which pages get none that is root's where auth is on. */
export function withoutPages(routes: readonly Route[], member: Member, web: WebRules): readonly Route[] {
  const guarded = (rule: Rule): Rule => {
    if (rule.right !== 'root') return rule;
    const { reach, serve } = rule;
    return root((context, grant) => (refusePage(context, member, web) ? undefined : serve(context, grant)), reach);
  };
  return routes.map((route) => ({ ...route, rules: mapped(route.rules, guarded) }));
}

function mapped(rules: Rules, change: (rule: Rule) => Rule): Rules {
  if (rules.any !== undefined) return { any: change(rules.any) };
  const each = Object.entries(rules).flatMap(([method, rule]) => (rule === undefined ? [] : [[method, change(rule)]]));
  return Object.fromEntries(each) as Rules;
}

/** Also of a page that made its own name mean an address of this member. True: it was refused. */
function refusePage({ req, res }: Context, member: Member, { hosts }: WebRules): boolean {
  if (refuseForeignName(req, res, hosts, peerNamesOf(member))) return true;
  if (!isOfPage(req)) return false;
  req.resume();
  writeErrorText(res, 403, 'this is a peer port, which has nothing for a page in a browser; ask a client port');
  return true;
}

/** As URLs of members have them. */
function peerNamesOf(member: Member): readonly string[] {
  const urls = member.members().flatMap(({ peerURLs }) => peerURLs);
  return urls.map((url) => (URL.canParse(url) ? new URL(url).hostname : ''));
}
