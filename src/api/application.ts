/** The Koa application of the client port: the key routes in front, the router behind. */
import Koa from 'koa';
import { writeInternalError, writeNotFound } from './http/answers';
import { keysFront } from './keysFront';
import type { ApiOptions } from './options';
import { createClientRouter } from './routes';
import { KeysHandler } from './v2/keys/keysHandler';
import type { OpenWatches } from './v2/keys/watchResponse';

/**
 * Builds it; its `callback()` is what a node:http server wants.
 *
 * @param onUnexpected gets exceptions, once per request; the request is then answered with 500
 */
export function createApplication(
  options: ApiOptions,
  openWatches: OpenWatches,
  onUnexpected: (error: unknown) => void,
): Koa {
  const { member, maxRequestBytes, now, logger, cors } = options;
  const keys = new KeysHandler({ member, maxRequestBytes, now, openWatches, onUnexpected });
  const application = new Koa();
  application.use(keysFront(keys, cors, onUnexpected));
  application.use(async (context, next) => {
    // Every route writes its own answer, byte for byte; Koa adds nothing to it.
    context.respond = false;
    try {
      await next();
      if (!context.res.headersSent) writeNotFound(context.res);
    } catch (error) {
      onUnexpected(error);
      writeInternalError(context.res);
    }
  });
  application.use(createClientRouter(options).routes());
  // What is left here is a connection that broke while it was answered.
  application.on('error', (error: unknown) => {
    logger.debug({ err: error }, 'a connection broke while it was answered');
  });
  return application;
}
