/** Saves the state of a cluster into a file, and looks at every byte while it comes. */
import type { Readable } from 'node:stream';
import { createClient, type Client } from '../../client/client';
import { credentialsOf } from '../../client/credentials';
import { RefusedError } from '../../client/errors';
import { codeOf } from '../../platform/errorCode';
import type { Dial } from '../../platform/dial';
import { SnapshotDamage } from '../../snapshot/format/damage';
import { SnapshotReading, type ReadSnapshot } from '../../snapshot/openFile';
import { NewFile } from '../newFile';
import { Progress } from './progress';
import { withoutSilence } from './withoutSilence';

/** The member asks the others, and stores what it has applied. */
const ANSWER_TIMEOUT_MS = 60_000;
/** A member that is alive sends a part of the state much sooner. */
const SILENCE_MAX_MS = 60_000;

export interface SaveOptions {
  readonly url: string;
  readonly dial: Dial;
  /** `NAME:PASSWORD`. */
  readonly user?: string | undefined;
  /** Into FILE, by way of FILE.part. */
  readonly file: string;
  /** A file of that name may be there, and is replaced in the end. */
  readonly replaces: boolean;
  /** Nothing that was acknowledged before is missing; false: what that one member has. */
  readonly quorum: boolean;
  readonly silenceMaxMs?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * The file is there under its name only if it is whole, and is on the disk then. Rejects with an error that says what to do, and leaves
 * nothing behind.
 */
export async function save(options: SaveOptions): Promise<ReadSnapshot> {
  const { url, dial, user, file: path, replaces, silenceMaxMs = SILENCE_MAX_MS } = options;
  const progress = new Progress('saving');
  // It refuses what is no URL: before there is a file that would stay behind, and stay open.
  const client = createClient({ endpoints: url, dial, auth: credentialsOf(user), timeoutMs: ANSWER_TIMEOUT_MS });
  const file = await NewFile.begin(path, replaces);
  try {
    const body = await openState(client, options);
    try {
      const found = await copy(body, file, silenceMaxMs, progress);
      await file.finish();
      return found;
    } finally {
      body.destroy();
    }
  } catch (error) {
    await file.abandon();
    throw explained(error, url);
  } finally {
    client.close();
    progress.end();
  }
}

function explained(error: unknown, url: string): unknown {
  if (error instanceof SnapshotDamage) {
    return new Error(`what ${url} sent is no whole snapshot: ${error.message}; nothing was kept, try again`);
  }
  // Members tell everybody how to ask them; whoever uses this command has an option for it.
  if (error instanceof RefusedError && error.message.includes('?quorum=false')) {
    return new Error(error.message.replace('?quorum=false', '--without-quorum'));
  }
  // The member was killed, has stopped, or met with something that its log says.
  if (codeOf(error) === 'ECONNRESET') {
    return new Error(
      `${url} broke off before the end of the snapshot; nothing was kept. Try again, or ask another member`,
    );
  }
  return error;
}

async function openState(client: Client, { quorum, signal }: SaveOptions): Promise<Readable> {
  const path = `/v2/admin/snapshot${quorum ? '' : '?quorum=false'}`;
  return (await client.open({ method: 'GET', path }, signal === undefined ? {} : { signal })).body;
}

async function copy(body: Readable, file: NewFile, silenceMaxMs: number, progress: Progress): Promise<ReadSnapshot> {
  const reading = new SnapshotReading(progress);
  for await (const piece of withoutSilence(body, silenceMaxMs)) {
    reading.push(piece);
    await file.write(piece);
  }
  return reading.finish();
}
