/** The user or role that the path of a request names. */
import { isUtf8 } from 'node:buffer';
import type { Context } from 'koa';
import { parseRequestTarget } from '../../http/requestTarget';

export interface Named {
  /** Undefined: it is not UTF-8, so nobody has that name. */
  readonly name: string | undefined;
  /** The same for people; what is not UTF-8 is replaced. */
  readonly text: string;
}

/** Of `/v2/auth/users/NAME` and `/v2/auth/roles/NAME`, with or without a slash at the end. */
export function nameOf(context: Context): Named {
  const [, , , , piece = ''] = (parseRequestTarget(context.req.url ?? '')?.path ?? '').split('/');
  const bytes = Buffer.from(piece, 'latin1');
  const text = bytes.toString('utf8');
  return { name: isUtf8(bytes) ? text : undefined, text };
}
