/** What other members, or who says that he is one, send. */
import { decodeBatch, encodeBatch } from '../../src/machine/commandCodec';
import { decodeChange, encodeChange } from '../../src/machine/cluster/clusterRows';
import { DecodeError } from '../../src/machine/bytes';
import { decodeRequest } from '../../src/member/forwardedRequest';
import { requestBytes } from '../member/requestBytes';
import { WireError } from '../../src/peer/wire/wireError';
import { readConfirm, readConfirmed } from '../../src/peer/wire/confirmCodec';
import { FRAME_HEAD_BYTES, FrameDecoder } from '../../src/peer/wire/frames';
import { readMessage } from '../../src/peer/wire/messageCodec';
import { readProbe, readProbeReply } from '../../src/peer/wire/probeCodec';
import {
  readSnapshotEnd,
  readSnapshotHeader,
  readSnapshotResult,
  snapshotEndFrame,
  snapshotHeaderFrame,
  snapshotResultFrame,
} from '../../src/peer/wire/snapshotCodec';
import { frameOf, messageFrame } from '../member/peerCluster';
import { only, type Target } from './target';

const FROM = '3c828782a67e0043';
const TO = 'b26f1b9a6c73543';

const bodyOf = (frame: Buffer): Buffer => frame.subarray(FRAME_HEAD_BYTES);

const append = messageFrame({
  ...{ type: 'appendRequest', from: FROM, to: TO, term: 3, prevLogIndex: 7, prevLogTerm: 2, commit: 7 },
  entries: [
    { kind: 'command', index: 8, term: 3, data: Buffer.from('some bytes') },
    { kind: 'noop', index: 9, term: 3 },
    {
      kind: 'configuration',
      index: 10,
      term: 3,
      configuration: { voters: [FROM, TO], learners: ['1f'] },
      data: Buffer.from('x'),
    },
  ],
});

const batch = encodeBatch({
  ...{ origin: FROM, run: 3, sequence: 9 },
  commands: [
    {
      type: 'set',
      path: '/a/b',
      nowMs: 1_700_000_000_000,
      dir: false,
      value: 'v',
      expirationMs: 1_700_000_060_000,
      refresh: false,
    },
    { type: 'create', path: '/q', nowMs: 1, dir: false, value: 'w', expirationMs: undefined, inOrder: true },
    { type: 'delete', path: '/a', nowMs: 2, dir: true, recursive: true },
    { type: 'sync', nowMs: 3, expireMax: 1000 },
    {
      type: 'compareAndSwap',
      path: '/a',
      nowMs: 4,
      value: 'x',
      prevValue: 'v',
      prevIndex: 3n,
      expirationMs: undefined,
      refresh: true,
    },
    { type: 'publish', memberId: FROM, name: 'a', clientURLs: ['http://a:1'], version: '2.3.8', level: 2 },
  ],
});

const change = encodeChange({
  ...{ origin: FROM, run: 1, sequence: 2 },
  change: { type: 'addMember', id: '1f', peerURLs: ['http://10.0.0.1:2380'], learner: true },
});

/** Each way to read a small frame: all of them take the same bytes. */
const SMALL = [
  readConfirm,
  readConfirmed,
  readProbe,
  readProbeReply,
  readSnapshotHeader,
  readSnapshotEnd,
  readSnapshotResult,
];

export const wireTargets: readonly Target[] = [
  {
    name: 'peer-frames',
    seeds: [append, Buffer.concat([append, append]), frameOf(1, Buffer.from('body'))],
    run: (bytes) => {
      for (const size of [bytes.length, 1, 7]) {
        const decoder = new FrameDecoder(1024 * 1024, () => undefined);
        try {
          for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }
    },
    expects: only(WireError),
  },
  {
    name: 'peer-messages',
    seeds: [bodyOf(append)],
    run: (bytes) => readMessage(bytes, FROM, TO),
    expects: only(WireError),
  },
  {
    name: 'peer-small-frames',
    seeds: [
      bodyOf(snapshotHeaderFrame({ index: 9, term: 2, configuration: { voters: [FROM, TO], learners: [] } })),
      bodyOf(snapshotEndFrame({ chunks: 3, bytes: 1000, checksum: 7 })),
      bodyOf(snapshotResultFrame({ ok: false, reason: 'why' })),
    ],
    run: (bytes) => {
      for (const read of SMALL) {
        try {
          read(bytes);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }
    },
    expects: only(WireError),
  },
  {
    name: 'forwarded-requests',
    seeds: [
      requestBytes({ kind: 'commands', data: batch }),
      requestBytes({ kind: 'quota', bytes: 5 }),
      Buffer.concat([Buffer.from([2]), change]),
    ],
    run: (bytes) => {
      const request = decodeRequest(bytes);
      if (request?.kind === 'commands') decodeBatch(request.data);
    },
    expects: only(DecodeError),
  },
  { name: 'command-batches', seeds: [batch], run: decodeBatch, expects: only(DecodeError) },
  { name: 'cluster-changes', seeds: [change], run: decodeChange, expects: only(DecodeError) },
];
