/** The answers of both modules (spec v0-api sections 4 and 5): texts, and the errors of the key API as JSON. */
import type { ServerResponse } from 'node:http';
import type { KeyReader } from '../../member/types';
import { writeErrorText } from '../http/answers';
import { writeFailure } from '../v2/keys/answer';
import { BUSY, isMemberError, keyFailure, memberFailure, type KeyFailure } from '../v2/keys/failure';
import type { AcquireOutcome } from './acquisition';
import { CrowdedLock, PLACES_MAX } from './lockRoom';
import type { Changed } from './lockService';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Without a newline. @param etcdIndex of the write, for the audit log too; undefined: nothing was written */
export function writeModuleText(response: ServerResponse, bytes: string, etcdIndex?: number): void {
  const index = etcdIndex === undefined ? [] : ['X-Etcd-Index', etcdIndex];
  // What a client gave as a value is nothing that a page of this member may run or show.
  const harmless = ['X-Content-Type-Options', 'nosniff'];
  response.writeHead(200, ['Content-Type', PLAIN_TEXT, ...harmless, ...index, 'Content-Length', bytes.length]);
  response.end(bytes, 'latin1');
}

/** What came of waiting. Nothing is answered to who has gone: the connection ends. */
export function writeAcquired(response: ServerResponse, member: KeyReader, outcome: AcquireOutcome): void {
  switch (outcome.kind) {
    case 'held':
      writeModuleText(response, String(outcome.index), outcome.etcdIndex);
      return;
    case 'busy':
      writeErrorText(response, 500, 'failed to acquire lock');
      return;
    case 'closed':
      writeErrorText(response, 500, 'lock watch closed');
      return;
    case 'refused':
      writeFailure(response, member, keyFailure(outcome.error));
      return;
    case 'left':
      response.destroy();
  }
}

/** @param cause of a node that is not there */
export function writeChanged(response: ServerResponse, member: KeyReader, changed: Changed, cause: string): void {
  if (changed.ok) writeModuleText(response, '', changed.etcdIndex);
  else writeFailure(response, member, { ...keyFailure(changed), ...(changed.code === 100 ? { cause } : {}) });
}

/** It may be tried again: places go when their clients do. */
const CROWDED: KeyFailure = { ...BUSY, cause: `the lock has more than ${PLACES_MAX} places` };

/** Runs what a member may fail at, and answers if it does. */
export async function answering(response: ServerResponse, member: KeyReader, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof CrowdedLock) writeFailure(response, member, CROWDED);
    else if (isMemberError(error)) writeFailure(response, member, memberFailure(error));
    else throw error;
  }
}
