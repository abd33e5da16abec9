/** What a member that is nothing but a discovery service says to browsers and crawlers. */
import type { Context } from 'koa';
import { writePlainText } from '../http/answers';

const PAGE = `Cairn discovery service

The first members of a new cluster find each other here.

  GET /new?size=3   makes a token for a cluster of three members and answers its URL;
                    start each of them with --discovery URL
  GET /TOKEN        lists the members that have come so far
  GET /health       says whether the service works

A token is for one cluster. Do not give it to another one, and do not use it again after the cluster was formed.
`;

const ROBOTS = 'User-agent: *\nDisallow: /\n';

/** The service of etcd redirects to its documentation on the web; this one explains itself. */
export function servePage(context: Context): void {
  writePlainText(context.res, 200, PAGE);
}

/** A crawler that follows /new would make a token each time. */
export function serveRobots(context: Context): void {
  writePlainText(context.res, 200, ROBOTS);
}
