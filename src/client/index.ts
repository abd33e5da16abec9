/** `cairn/client`: a client of a cluster, for Node.js. `docs/client.md` says how it is used. */
export { createClient } from './client';
export type { Client } from './client';
export type { ClientOptions } from './options';
export type { TlsOptions } from './transport/connections';
export type { Answer, Asker, Call, CallOptions, OpenOptions } from './http';
export type { RequestBody } from '../platform/requestBody';
export type { OpenedAnswer } from './transport/opening';
export {
  AnswerError,
  ERROR_CODES,
  EtcdError,
  isEtcdError,
  NoAnswerError,
  NotUnderstoodError,
  RefusedError,
  TimeoutError,
  TLS_CODES,
  UnreachableError,
} from './errors';
export type { ClientError, EndpointFailure, TlsCode } from './errors';
export type { Keys } from './keys';
export type { Condition, DeleteOptions, GetOptions, KeyAnswer, Listing, SetOptions, WriteOptions } from './keys';
export type { Action, KeyEvent, KeyNode, StoreIndexes } from './keyEvent';
export type { Member, Members } from './members';
export type { KeyRights, Role, User } from './auth';
export type { Auth } from './authGroup';
export type { FollowerStats, LeaderStats, SelfStats, Stats } from './stats';
export type { Version } from './health';
export type { Watch } from './watch/watch';
export type { WatchOptions } from './watch/feed';
export type { Change } from './watch/known';
export { LockLostError } from './locks/lock';
export type { Lock } from './locks/lock';
export type { LockOptions, Locks } from './locks/locks';
export type { CampaignOptions, Elections, Leader } from './locks/elections';
export { ConfigInvalidError } from './config/watchConfig';
export type { Config, ConfigOptions } from './config/watchConfig';
export type { Schema, StandardIssue, StandardResult, StandardSchema } from './config/schema';
export type { ConfigTree } from './config/tree';
