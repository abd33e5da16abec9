/** How members compare their states; see machine/cluster/integrity.ts. */
import type { CheckpointCommand, ReportCommand } from '../command';
import type { CommandKind } from './kind';

const DIGEST_BYTES_MAX = 256;

export const CHECKPOINT: CommandKind<CheckpointCommand> = {
  code: 10,
  level: 1,
  speaker: 'leader',
  size: () => 0,
  write: (writer, { checkpoint }) => void writer.u48(checkpoint),
  read: (reader) => ({ type: 'checkpoint', checkpoint: reader.u48() }),
  faultOf: ({ checkpoint }) => (checkpoint > 0 ? undefined : 'a checkpoint without a number'),
  execute: (state, { checkpoint }) => {
    const voters = state.cluster.members().filter(({ learner }) => !learner);
    state.integrity.begin(
      checkpoint,
      state.digest(),
      voters.map(({ id }) => id),
    );
    return undefined;
  },
};

export const REPORT: CommandKind<ReportCommand> = {
  code: 11,
  level: 1,
  speaker: 'itself',
  size: () => 0,
  write: (writer, { memberId, checkpoint, digest }) => {
    writer.id(memberId).u48(checkpoint).byteString(digest);
  },
  read: (reader) => {
    const memberId = reader.id();
    return { type: 'report', memberId, checkpoint: reader.u48(), digest: reader.byteString() };
  },
  faultOf: ({ digest }) => (digest.length <= DIGEST_BYTES_MAX ? undefined : 'the digest of a report is too long'),
  execute: ({ integrity }, { memberId, checkpoint, digest }) => {
    integrity.report(memberId, checkpoint, digest);
    return undefined;
  },
};
