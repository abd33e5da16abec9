/** Stands between a command and a member, and kills the command at one of its requests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const ENTRY = process.env['CAIRN_ENTRY'] ?? join(__dirname, '../../dist/cairn.js');

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

interface Running {
  readonly ended: Promise<Ended>;
  kill(): void;
}

/** A request by its words (`PUT /v2/keys/a`), and how many of its kind came before it. */
export interface Moment {
  readonly of: RegExp;
  readonly after: number;
  /** The member gets the request, and the command does not hear of it. */
  readonly isCarriedOut: boolean;
}

export function runCairn(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [ENTRY, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    ...{ code: code as number | null, signal: signal as NodeJS.Signals | null, text },
  }));
  return { ended, kill: () => child.kill('SIGKILL') };
}

/** @param words of a command, but for its --url, which leads over the proxy to `member` */
export async function runKilledAt(moment: Moment, member: string, words: readonly string[]): Promise<Ended> {
  let count = 0;
  const proxy = createServer((taken, answer) => {
    const isMeant = moment.of.test(`${taken.method ?? ''} ${taken.url ?? ''}`) && count++ === moment.after;
    if (isMeant && !moment.isCarriedOut) {
      running.kill();
      return;
    }
    const { method, url: path, headers } = taken;
    const passed = request(new URL(path ?? '/', member), { method, headers }, (response: IncomingMessage) => {
      if (isMeant) {
        running.kill();
        response.resume();
        return;
      }
      answer.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(answer);
    });
    // Whatever was under way when the command was killed ends with it.
    for (const each of [taken, answer, passed]) each.on('error', () => undefined);
    taken.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const running = runCairn([...words, '--url', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`]);
  try {
    return await running.ended;
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}
