/** It makes no sense to try again; the message says what to do. */
export class FollowRefused extends Error {
  override readonly name = 'FollowRefused';
}
