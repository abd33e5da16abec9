/** Stories of commands: what etcdctl was given, and what came of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface CommandOutcome {
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface CommandStep {
  /** The arguments; `{url}`, `{peer}` and `{id0}` stand for those of the member. */
  readonly run: readonly string[];
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** As etcdctl 3.4 did it with etcd 3.4. */
  readonly expect?: CommandOutcome;
  /** A row of src/config/ctl/differences.ts, and what is different. */
  readonly divergence?: string;
  readonly cairn?: Partial<CommandOutcome>;
}

export interface CommandStory {
  readonly file: string;
  readonly title: string;
  readonly steps: readonly CommandStep[];
}

export function commandStoryFiles(): readonly string[] {
  return readdirSync(__dirname)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(__dirname, name));
}

export function readCommandStory(file: string): CommandStory {
  const { title, steps } = parse(readFileSync(file, 'utf8')) as Omit<CommandStory, 'file'>;
  return { file, title, steps };
}

/** What is to be seen of a step with Cairn: as it was recorded, but for what the story says of Cairn. */
export function expectationOf({ run, expect: recorded, cairn }: CommandStep): CommandOutcome {
  if (recorded === undefined) throw new Error(`${run.join(' ')} was not recorded: run scripts/record-etcdctl.js`);
  const { code, stdout = '', stderr = '' } = { ...recorded, ...cairn };
  return { code, ...(stdout === '' ? {} : { stdout }), ...(stderr === '' ? {} : { stderr }) };
}
