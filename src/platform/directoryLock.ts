/**
 * One process at a time in a directory. Whoever comes listens at a socket of his own in it, and then asks whoever listens at another. The
 * system ends that with the process, however it ends: what a killed one left behind answers nobody, and goes. Node.js has no locks of files.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errorCode';
import { HeldDirectory } from './heldDirectory';

/** What sockets are called, but for eight hexadecimal digits at their end. */
const USUAL_NAME = 'lock-';
const DIGITS = /^[0-9a-f]{8}$/;
const TRIES_MAX = 20;
/** Between two tries of several that came at the same moment. */
const AGAIN_MS_MAX = 100;
/** Whoever is there and says nothing in this time stands still, and has it. */
const ANSWER_MS_MAX = 2000;
/** The words are short. */
const ANSWER_BYTES_MAX = 16;
/** Each is answered at once and let go: more than a few at a time are no processes that want the directory. */
const ASKERS_MAX = 100;
/** What a file system says that has no sockets, or where paths are too long for one. */
const NO_SOCKETS = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'ENAMETOOLONG', 'EINVAL']);

type State = 'coming' | 'there';

/** Between it and the lock nobody else can have come: each shows himself before he looks for others. */
class Presence {
  state: State = 'coming';
  private readonly askers = new Set<Socket>();

  private constructor(
    readonly path: string,
    private readonly server: Server,
  ) {}

  static async begin(path: string): Promise<Presence> {
    const server = createServer();
    const presence = new Presence(path, server);
    server.maxConnections = ASKERS_MAX;
    server.on('connection', (socket) => {
      presence.answer(socket);
    });
    // Without descriptors none can be accepted, and each that waits for it is an error of its own. Whoever asks waits, or takes it for taken.
    server.on('error', () => undefined);
    server.unref();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // Every user may ask: one that may not would take what a killed process of another user left for somebody who is there, for ever.
      const umask = process.umask(0);
      try {
        server.listen(path, resolve);
      } finally {
        process.umask(umask);
      }
    });
    return presence;
  }

  /** Everybody may ask, and nobody may stay: who keeps its half open, or stands still, would keep a descriptor for as long. */
  private answer(asker: Socket): void {
    this.askers.add(asker);
    asker.on('error', () => undefined);
    asker.on('close', () => this.askers.delete(asker));
    asker.setTimeout(ANSWER_MS_MAX, () => asker.destroy());
    asker.end(this.state, () => asker.destroy());
  }

  /** Its socket goes, too. Whoever asks just now is not waited for. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      for (const asker of this.askers) asker.destroy();
    });
  }
}

export class DirectoryLock {
  private constructor(
    private readonly directory: HeldDirectory,
    private readonly presence: Presence,
  ) {}

  /**
   * 'taken': another process has it. 'none': there can be no lock on this file system. Rejects as the file system does.
   *
   * @param name - what sockets there are called, but for their ends
   */
  static async take(path: string, name = USUAL_NAME): Promise<DirectoryLock | 'taken' | 'none'> {
    const directory = await HeldDirectory.open(path, true);
    try {
      const presence = await present(directory.base, name);
      if (typeof presence !== 'string') return new DirectoryLock(directory, presence);
      await directory.close();
      return presence;
    } catch (error) {
      await directory.close();
      throw error;
    }
  }

  /** False: somebody has taken it over, as a process on another machine does that shares the directory and cannot ask here. */
  async isHeld(): Promise<boolean> {
    return lstat(this.presence.path).then(
      () => true,
      () => false,
    );
  }

  async release(): Promise<void> {
    await this.presence.end();
    await this.directory.close();
  }
}

async function present(directory: string, name: string): Promise<Presence | 'taken' | 'none'> {
  let presence: Presence | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      presence ??= await Presence.begin(join(directory, `${name}${randomBytes(4).toString('hex')}`));
    } catch (error) {
      if (NO_SOCKETS.has(codeOf(error) ?? '')) return 'none';
      throw error;
    }
    const own = presence;
    const found = await look(directory, name, basename(own.path)).catch(async (error: unknown) => {
      await own.end();
      throw error;
    });
    if (found === 'nobody else') {
      own.state = 'there';
      return own;
    }
    if (found !== 'later ones') {
      await own.end();
      presence = undefined;
    }
    if (found === 'its holder') return 'taken';
    // Those that made way come back ever more seldom: the one that waits for them needs a moment in which none of them is there.
    await sleep(randomInt(found === 'later ones' ? AGAIN_MS_MAX : AGAIN_MS_MAX * (tries + 1)));
  }
  await presence?.end();
  return 'taken';
}

/** Of those that come at the same moment the first by name waits until the others have gone again. */
async function look(
  directory: string,
  name: string,
  own: string,
): Promise<'nobody else' | 'its holder' | 'earlier ones' | 'later ones'> {
  const names = (await readdir(directory)).filter(
    (each) => each.startsWith(name) && DIGITS.test(each.slice(name.length)),
  );
  // Somebody took it for one that was left.
  if (!names.includes(own)) return 'earlier ones';
  const found = await Promise.all(
    names.filter((each) => each !== own).map(async (each) => ({ each, state: await ask(join(directory, each)) })),
  );
  const others = found.filter(({ state }) => state !== 'gone');
  if (others.length === 0) return 'nobody else';
  if (others.some(({ state }) => state === 'there')) return 'its holder';
  return others.some(({ each }) => each < own) ? 'earlier ones' : 'later ones';
}

async function ask(path: string): Promise<State | 'gone'> {
  const answer = await answerOf(path);
  // A name is never given twice.
  if (answer === 'gone') await unlink(path).catch(() => undefined);
  return answer;
}

function answerOf(path: string): Promise<State | 'gone'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    // Who ends the connection without a word makes way just now, and is not there any more when he is asked again.
    let silence: State = 'coming';
    // Whoever says nothing, or goes on and on, is there, and is not listened to any longer.
    const limit = setTimeout(() => {
      silence = 'there';
      socket.destroy();
    }, ANSWER_MS_MAX);
    socket.on('data', (data) => {
      text += data.toString('latin1', 0, ANSWER_BYTES_MAX);
      if (text.length <= ANSWER_BYTES_MAX) return;
      silence = 'there';
      socket.destroy();
    });
    socket.on('error', (error) => {
      const code = codeOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve('gone');
      // Whoever may not ask takes it for taken.
      else if (code !== 'ECONNRESET' && code !== 'EPIPE') silence = 'there';
    });
    socket.on('close', () => {
      clearTimeout(limit);
      resolve(text === 'coming' || text === 'there' ? text : silence);
    });
  });
}
