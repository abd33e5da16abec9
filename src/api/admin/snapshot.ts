/** `GET /v2/admin/snapshot`: the whole state as a file (snapshot/format/records.ts), while the member goes on. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { MemberError, type Member, type StateSnapshot } from '../../member/types';
import type { SnapshotHeader } from '../../snapshot/format/fileHeader';
import { SnapshotFileWriter } from '../../snapshot/format/fileWriter';
import type { RootGrant } from '../auth/guard';
import { writeBadRequest, writeErrorText } from '../http/answers';
import type { ApiOptions } from '../options';
import { LongAnswers, sendParts, sendUntil } from './longAnswers';
import { USUAL_PACE, type Pace } from '../../platform/pace';

/** Each holds a view of the database, which costs room on the disk, and makes work for the event loop. */
const STREAMS_MAX = 2;

/** The snapshots that are being sent on one port. */
export class SnapshotStreams {
  private readonly answers = new LongAnswers('snapshots', STREAMS_MAX);

  constructor(
    private readonly options: Pick<ApiOptions, 'member' | 'now' | 'logger'>,
    private readonly pace: Pace = USUAL_PACE,
  ) {}

  /**
   * Answers with the file, or says why not. It holds everything that was acknowledged before; with `?quorum=false` it is what this member
   * has, without a question to the others, as is needed when most of them are lost. An answer that breaks off has no totals at its end.
   */
  async serve(context: Context, grant: RootGrant): Promise<void> {
    const { res: response } = context;
    const quorum = wantsQuorum(context.query['quorum']);
    if (quorum === undefined) {
      writeBadRequest(response);
      return;
    }
    await this.answers.serve(response, () => this.send(response, grant, quorum));
  }

  private async send(response: ServerResponse, grant: RootGrant, quorum: boolean): Promise<void> {
    const { member, logger, now } = this.options;
    let snapshot: StateSnapshot;
    try {
      snapshot = await grant.use(member).snapshot({ quorum });
    } catch (error) {
      if (!(error instanceof MemberError)) throw error;
      writeErrorText(response, 503, adviceFor(error, quorum));
      return;
    }
    try {
      await sendUntil(snapshot.ending, response, grant, async () => {
        const header = headerOf(member, snapshot, now(), quorum);
        logger.info({ index: header.index, keys: header.keysAbout }, 'sending a snapshot of the state');
        await this.stream(response, grant, snapshot, header);
        logger.info({ index: header.index }, 'the snapshot was sent');
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ reason }, 'the snapshot was not sent to its end');
    } finally {
      await snapshot.close();
    }
  }

  private async stream(
    response: ServerResponse,
    grant: RootGrant,
    snapshot: StateSnapshot,
    header: SnapshotHeader,
  ): Promise<void> {
    const file = new SnapshotFileWriter();
    const answer = await sendParts(response, grant, {
      clusterId: header.clusterId,
      pace: this.pace,
      beginning: file.begin(header),
      parts: snapshot.chunks,
      bytesOf: (chunk) => file.chunk(chunk),
    });
    const { rows, nodes: keys } = snapshot.counted;
    await grant.use(answer).write(file.end({ rows, keys }));
    response.end();
  }
}

function headerOf(member: Member, snapshot: StateSnapshot, takenAtMs: number, isLinearizable: boolean): SnapshotHeader {
  const { index, term, configuration } = snapshot.position;
  const { voters, learners } = configuration;
  const members = member.members().map(({ id, name, peerURLs, clientURLs }) => ({ id, name, peerURLs, clientURLs }));
  return {
    ...{ clusterId: member.clusterId, memberId: member.id, memberName: member.name },
    ...{ index, term, takenAtMs, voters, learners, members, isLinearizable },
    keysAbout: snapshot.nodesAbout,
  };
}

/** Undefined: neither of the two. */
function wantsQuorum(value: string | string[] | undefined): boolean | undefined {
  if (value === undefined || value === 'true') return true;
  return value === 'false' ? false : undefined;
}

function adviceFor({ reason, message }: MemberError, quorum: boolean): string {
  if (!quorum || reason === 'stopped') return message;
  return (
    `${message}: no majority of the members says that this one has everything; try again, or take what this member has with ` +
    '?quorum=false, which may lack what others acknowledged last'
  );
}
