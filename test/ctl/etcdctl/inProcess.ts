/** Runs cairnctl in this process, with streams of its own. */
import type { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { askSecret } from '../../../src/ctl/etcdctl/askSecret';
import { cairnctl, type Others } from '../../../src/ctl/etcdctl/cairnctl';
import type { Io } from '../../../src/ctl/etcdctl/io';

export interface CtlOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CtlOptions {
  readonly stdin?: Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  readonly others?: Others;
  /** Emits the signals that the process gets. */
  readonly signals?: EventEmitter;
}

const NO_OTHERS: Others = { list: [], find: () => undefined, version: () => '0.0.0' };

export async function runCtl(args: readonly string[], options: CtlOptions = {}): Promise<CtlOutcome> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const code = await cairnctl(args, ctlIo(stdout, stderr, options), options.others ?? NO_OTHERS);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export function ctlIo(stdout: Writable, stderr: Writable, options: CtlOptions): Io {
  const { stdin, environment = {} } = options;
  const input = Readable.from(stdin === undefined || stdin.length === 0 ? [] : [stdin], { objectMode: false });
  return {
    ...{ stdin: input, stdout, stderr, environment },
    endAtInterrupt: () => undefined,
    onReaderGone: () => undefined,
    onSignals: (signals, act) => {
      for (const signal of signals) options.signals?.on(signal, act);
    },
    askSecret: (prompt) => askSecret(input, stderr, prompt),
  };
}

/** What was written, as bytes. */
export class Collector extends Writable {
  private readonly pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(piece);
    this.emit('piece');
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }
}
