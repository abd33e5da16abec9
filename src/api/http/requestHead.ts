/** What a request that waits for long holds of its head: nothing that may be long but its path. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { ownCopy } from './requestTarget';

/** Called once all is known that its headers and its query say: whoever waits may have sent a megabyte of them. */
export function forgetHead(request: IncomingMessage): void {
  request.rawHeaders = [];
  request.headers = {};
  const { url = '' } = request;
  const question = url.indexOf('?');
  if (question >= 0) request.url = ownCopy(url, question);
}

/** The same where Koa has kept more of it. */
export function forgetHeadOf(context: Context): void {
  forgetHead(context.req);
  const { url = '' } = context.req;
  context.originalUrl = url;
  context.request.originalUrl = url;
  // What was found in it, whole, by the module that Koa asks for its path.
  Reflect.deleteProperty(context.req, '_parsedUrl');
}
