/** `GET /v2/admin/log?after=INDEX&term=TERM`: committed entries as they come, for backups (snapshot/format/logRecords.ts). */
import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { LogFollowing, LogPart, LogPosition } from '../../member/logSource';
import { MemberError } from '../../member/types';
import { logBeginning, logEntry, logMark } from '../../snapshot/format/logWriter';
import type { RootGrant } from '../auth/guard';
import { writeBadRequest, writeErrorText } from '../http/answers';
import type { ApiOptions } from '../options';
import { LongAnswers, sendParts, sendUntil } from './longAnswers';

/** A cluster has one that follows, or two; each costs the event loop what a follower does. */
const STREAMS_MAX = 4;
/** An index of the log, or a term. */
const NUMBER = /^\d{1,15}$/;

/** The logs that are being sent on one port. */
export class LogStreams {
  private readonly answers = new LongAnswers('logs', STREAMS_MAX);

  constructor(private readonly options: Pick<ApiOptions, 'member' | 'now' | 'logger'>) {}

  /** Answers with a log without an end, or says why not: 410 if the entries are forgotten, 409 if this is not the log that was meant. */
  async serve(context: Context, grant: RootGrant): Promise<void> {
    const { res: response, query } = context;
    const [index, term] = [numberOf(query['after']), numberOf(query['term'])];
    if (index === undefined || term === undefined) {
      writeBadRequest(response);
      return;
    }
    await this.answers.serve(response, () => this.send(response, grant, { index, term }));
  }

  private async send(response: ServerResponse, grant: RootGrant, after: LogPosition): Promise<void> {
    const { member, logger } = this.options;
    const gone = goneOf(response);
    let log: LogFollowing;
    try {
      log = await grant.use(member).followLog(after, gone);
    } catch (error) {
      if (!(error instanceof MemberError)) throw error;
      writeErrorText(response, 503, `${error.message}; ask again, or another member`);
      return;
    }
    switch (log.kind) {
      case 'forgotten':
        writeErrorText(
          response,
          410,
          `the log begins at entry ${log.firstIndex} here: take a whole snapshot, and go on after that`,
        );
        return;
      case 'unknown':
        writeErrorText(
          response,
          409,
          `no entry ${after.index} of term ${after.term} was ever committed here: this is another log`,
        );
        return;
      case 'following':
        break;
    }
    try {
      logger.info({ after: after.index }, 'sending the log to a backup');
      await sendUntil(log.ending, response, grant, () => this.stream(response, grant, after, log.parts));
      response.destroy();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.info({ after: after.index, reason }, 'the log is not sent to the backup any more');
    }
  }

  private async stream(
    response: ServerResponse,
    grant: RootGrant,
    { index: after, term }: LogPosition,
    parts: AsyncIterable<LogPart>,
  ): Promise<void> {
    const { clusterId } = this.options.member;
    const beginning = logBeginning({ clusterId, after, term });
    const bytesOf = (part: LogPart): readonly Uint8Array[] => this.recordsOf(part);
    await sendParts(response, grant, { clusterId, beginning, parts, bytesOf });
  }

  private recordsOf(part: LogPart): readonly Uint8Array[] {
    switch (part.kind) {
      case 'entries':
        return part.entries.flatMap((stored) => [...logEntry(stored)]);
      case 'mark': {
        const { position, etcdIndex } = part;
        return logMark({ ...position, etcdIndex, dateMs: this.options.now(), memberId: this.options.member.id });
      }
    }
  }
}

/** Whoever closes its half of the connection waits for nothing any more, and it may be all that is seen of one who has gone. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  const { socket } = response;
  socket?.once('end', leave);
  response.once('close', () => {
    socket?.removeListener('end', leave);
    leave();
  });
  if (response.closed || socket?.readableEnded === true) leave();
  return gone.signal;
}

/** Undefined: it is none. */
function numberOf(text: string | string[] | undefined): number | undefined {
  return typeof text === 'string' && NUMBER.test(text) ? Number(text) : undefined;
}
