/** Frames that no sound member sends. */
import { randomBytes } from 'node:crypto';
import { encodeChange } from '../../../src/machine/cluster/clusterRows';
import type { Command } from '../../../src/machine/command';
import { encodeBatch } from '../../../src/machine/commandCodec';
import { requestBytes } from '../../member/requestBytes';
import { FrameType } from '../../../src/peer/wire/frames';
import { writeMessage } from '../../../src/peer/wire/messageCodec';
import type { Message } from '../../../src/raft/types';
import { frame } from '../../peer/fakeMember';
import type { PeerTarget } from './peerTarget';

const ABSURD = 2 ** 53 - 1;

const message = (rest: object): Buffer =>
  frame(FrameType.message, (writer) => writeMessage(writer, { term: ABSURD, ...rest } as Message));
const forward = (bytes: Uint8Array): Buffer => frame(FrameType.forward, (writer) => writer.raw(Buffer.from(bytes)));

/** One of each kind: terms, indexes and ids that cannot be, commands and changes that may not be, bytes that mean nothing. */
export function hostileFrames({ id: to, leader: from }: PeerTarget): readonly Buffer[] {
  const commands = (...all: readonly Command[]): Buffer =>
    forward(
      requestBytes({ kind: 'commands', data: encodeBatch({ origin: from, run: 1, sequence: 1, commands: all }) }),
    );
  const removal = encodeChange({ origin: from, run: 1, sequence: 1, change: { type: 'removeMember', id: to } });
  const logEnd = { lastLogIndex: ABSURD, lastLogTerm: ABSURD };
  return [
    forward(Buffer.from([1, 9, 9])),
    forward(Buffer.from([2, 0x7b])),
    forward(Buffer.concat([Buffer.from([2]), removal])),
    commands({ type: 'checkpoint', checkpoint: 77 }),
    commands({ type: 'report', memberId: to, checkpoint: 1, digest: 'x' }),
    commands({ type: 'sync', nowMs: 2 ** 48 - 1, expireMax: 1000 }),
    message({ from, to, type: 'heartbeat', commit: ABSURD, readRound: 0 }),
    message({ from, to, type: 'appendRequest', prevLogIndex: ABSURD - 1, prevLogTerm: 1, entries: [], commit: ABSURD }),
    message({ from, to, type: 'appendResponse', success: true, index: ABSURD, hintIndex: 0, hintTerm: 0 }),
    message({ from, to, type: 'voteRequest', pre: false, transfer: true, ...logEnd }),
    message({ from, to, type: 'voteResponse', pre: false, granted: true }),
    message({ from, to, type: 'timeoutNow' }),
    Buffer.from([0x02, 0x70, 0, 0, 1, 2, 3, 4, 1, 1, ...randomBytes(200)]),
  ];
}
