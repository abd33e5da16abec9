/** Takes the log of one member, and looks at every byte while it comes. */
import { createClient } from '../../../client/client';
import { credentialsOf } from '../../../client/credentials';
import { codeOf } from '../../../platform/errorCode';
import { LogContents } from '../../../snapshot/backup/logContents';
import type { Place } from '../../../snapshot/backup/resume';
import { SnapshotDamage } from '../../../snapshot/format/damage';
import { LogReader } from '../../../snapshot/format/logReader';
import { logEntry, logMark } from '../../../snapshot/format/logWriter';
import type { Connection } from '../../connection';
import { FollowRefused } from './followRefused';
import { withoutSilence } from '../withoutSilence';

/** The member asks the others first. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface Receiving extends Pick<Connection, 'url' | 'dial' | 'user'> {
  /** After which entry. */
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly silenceMaxMs: number;
  /** Keeps whole records; nothing more is read before it resolves. */
  readonly write: (records: Uint8Array, now: Place) => Promise<void>;
  /** The member said that nothing is missing. */
  readonly marked: () => void;
}

/** Rejects when no more comes, for whatever reason: with AnswerError if the member refuses, or as `write` does. */
export async function receiveLog(options: Receiving): Promise<never> {
  const { url, dial, user, place, signal, silenceMaxMs } = options;
  const client = createClient({ endpoints: url, dial, auth: credentialsOf(user), timeoutMs: ANSWER_TIMEOUT_MS });
  try {
    const path = `/v2/admin/log?after=${place.index}&term=${place.term}`;
    const { body } = await client.open({ method: 'GET', path }, { signal });
    try {
      const taker = new Taker(options);
      for await (const piece of withoutSilence(body, silenceMaxMs)) await taker.take(piece);
    } finally {
      body.destroy();
    }
    throw new Error(`${url} ended the log`);
  } catch (error) {
    if (error instanceof SnapshotDamage) throw new Error(`what ${url} sends is no log: ${error.message}`);
    if (codeOf(error) === 'ECONNRESET')
      throw new Error(`${url} broke off, as a member does that stops or has no majority`);
    throw error;
  } finally {
    client.close();
  }
}

/** Gathers the whole records of what came. */
class Taker {
  private records: Uint8Array[] = [];
  private hasMark = false;
  private readonly contents: LogContents;
  private readonly reader: LogReader;

  constructor(private readonly options: Receiving) {
    const { place, url } = options;
    this.contents = new LogContents({
      header: ({ clusterId, after, term }) => {
        if (clusterId === place.clusterId && after === place.index && term === place.term) return;
        throw new FollowRefused(
          `${url} sends the log of cluster ${clusterId} after entry ${after}, where that of cluster ${place.clusterId} after entry ` +
            `${place.index} was asked for; look whether --url leads to the cluster that the directory is of`,
        );
      },
      entry: (_entry, stored) => this.records.push(...logEntry(stored)),
      mark: (mark) => {
        this.records.push(...logMark(mark));
        this.hasMark = true;
      },
    });
    this.reader = new LogReader(this.contents);
  }

  async take(piece: Uint8Array): Promise<void> {
    this.reader.push(piece);
    if (this.records.length > 0) {
      const records = Buffer.concat(this.records);
      this.records = [];
      const { index, term } = this.contents;
      await this.options.write(records, { clusterId: this.options.place.clusterId, index, term });
    }
    if (this.hasMark) this.options.marked();
    this.hasMark = false;
  }
}
