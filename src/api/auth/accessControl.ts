/** The one guard of a server, for all of its ports, and what checks passwords for it. */
import type { Socket } from 'node:net';
import type { AuthSource } from '../../member/types';
import type { ApiObserver } from '../observer';
import { Authenticator } from './authenticator';
import { Guard } from './guard';
import { PasswordCheck } from './passwordCheck';

export interface AccessControl {
  readonly guard: Guard;
  readonly passwords: PasswordCheck;
}

/** @param certificateNameOf see Authenticator */
export function createAccessControl(
  source: AuthSource,
  observer: ApiObserver,
  certificateNameOf: ((socket: Socket) => string | undefined) | undefined,
): AccessControl {
  const passwords = new PasswordCheck(() => performance.now());
  return { guard: new Guard(source, new Authenticator({ source, passwords, certificateNameOf }), observer), passwords };
}
