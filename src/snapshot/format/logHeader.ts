/** What the header and the marks of a log say: JSON, so that later versions can say more. */
import { fieldsOf, isCount, isDateMs, isId, parseJson } from './jsonFields';

export interface LogHeader {
  readonly clusterId: string;
  /** The entry after which the log begins, and its term. */
  readonly after: number;
  readonly term: number;
}

/** Nothing that the cluster acknowledged before `dateMs` comes after this. */
export interface LogMark {
  /** The entry before it, and its term. */
  readonly index: number;
  readonly term: number;
  /** X-Etcd-Index once that entry is applied. */
  readonly etcdIndex: number;
  /** By the clock of the member that says it: milliseconds since 1970. */
  readonly dateMs: number;
  readonly memberId: string;
}

export function encodeLogJson(value: LogHeader | LogMark): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Undefined for what is none. What it has besides, a later version may have put there. */
export function decodeLogHeader(body: Uint8Array): LogHeader | undefined {
  const { clusterId, after, term } = fieldsOf(parseJson(body)) ?? {};
  return isId(clusterId) && isCount(after) && isCount(term) ? { clusterId, after, term } : undefined;
}

/** Undefined for what is none. */
export function decodeLogMark(body: Uint8Array): LogMark | undefined {
  const { index, term, etcdIndex, dateMs, memberId } = fieldsOf(parseJson(body)) ?? {};
  if (!isCount(index) || !isCount(term) || !isCount(etcdIndex) || !isDateMs(dateMs) || !isId(memberId))
    return undefined;
  return { index, term, etcdIndex, dateMs, memberId };
}
