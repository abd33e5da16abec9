/**
 * Two that want one data directory: one stands still before each change that it makes to files, while the other runs to its end. Exactly one
 * has it, the other says so, and nothing of the two is mixed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreMember } from '../../src/member/bootstrap';
import { openDataDirectory } from '../../src/storage/dataDirectory';
import { MemberStore } from '../../src/storage/memberStore';
import { ENTRY } from '../cluster/clusterMember';
import { until } from '../cluster/waiting';
import { fileOfRows, machineAfter, rowsOf, set } from '../snapshot/support/states';
import { whyMissing } from '../support/serverProcess';
import { changesIn, stoppedAtChange } from './fileChanges';

jest.setTimeout(600_000);

const reason = whyMissing('cairn');
if (reason === undefined) describe('two that want one directory', suite);
else describe.skip(`two that want one directory (skipped: ${reason})`, suite);

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function suite(): void {
  let place: string;
  let volume: string;
  let data: string;
  const running = new Set<ChildProcess>();

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'cairn-racing-'));
    volume = join(place, 'volume');
    data = join(volume, 'data');
    for (const name of ['first', 'second']) {
      const keys = Array.from({ length: 50 }, (_, at) => set(`/of/${name}/${at}`, name));
      writeFileSync(join(place, `${name}.snap`), fileOfRows(rowsOf(machineAfter(keys))));
    }
  });
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(place, { recursive: true, force: true });
  });

  const clear = (): void => {
    rmSync(volume, { recursive: true, force: true });
    mkdirSync(volume);
  };

  const start = (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [ENTRY, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
    const ended: Promise<Ended> = once(child, 'close').then(([code]) => {
      running.delete(child);
      return { code: code as number | null, text };
    });
    return { child, ended };
  };

  const stopping = (words: readonly string[], step: number, meant: RegExp) =>
    start(words, stoppedAtChange(place, { meant, step, signal: 'SIGSTOP' }));

  /** @param least where fewer are counted the watcher no longer sees what the command does, and the tests would try nothing */
  const stepsOf = async (words: readonly string[], meant: RegExp, least: number): Promise<number> => {
    clear();
    const { code, text } = await stopping(words, 0, meant).ended;
    const count = changesIn(text) ?? 0;
    expect([code, count >= least, count, text]).toEqual([0, true, count, text]);
    return count;
  };

  /** How both ended: `words` stood still before the step while `others` ran. */
  const raced = async (
    words: readonly string[],
    others: readonly string[],
    step: number,
    meant: RegExp,
  ): Promise<readonly [Ended, Ended]> => {
    clear();
    const { child, ended } = stopping(words, step, meant);
    await until('it stands still', 60_000, () =>
      / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(')')[1] ?? ''),
    );
    const other = await start(others).ended;
    child.kill('SIGCONT');
    return [await ended, other];
  };

  /** Whose keys there are. */
  const keysOf = async (): Promise<readonly string[]> => {
    const directory = await openDataDirectory({ path: data });
    try {
      const found = await restoreMember(await MemberStore.open(directory.kv), 1000);
      const of = found?.machine.keySpace.tree.find('/of');
      return ['first', 'second'].flatMap((name) => {
        const count = [...(found?.machine.keySpace.tree.everyNode() ?? [])].filter(({ path }) =>
          path.startsWith(`/of/${name}/`),
        ).length;
        return of === undefined || count === 0 ? [] : [`${count} of ${name}`];
      });
    } finally {
      await directory.close();
    }
  };

  const LOST =
    /is being filled by another process|is the data directory of a member already|were not restored for this/;

  const judged = (step: number, ended: readonly [Ended, Ended]): 'first' | 'second' => {
    const codes = ended.map(({ code }) => code);
    expect({ step, codes: [...codes].sort(), said: ended.map(({ text }) => text) }).toMatchObject({
      step,
      codes: [0, 1],
    });
    const loser = codes.indexOf(1);
    expect([step, ended[loser]?.text]).toEqual([step, expect.stringMatching(LOST)]);
    return loser === 0 ? 'second' : 'first';
  };

  test('snapshot restore', async () => {
    const meant = /volume\/data/;
    const words = (name: string): string[] => [
      ...['snapshot', 'restore', join(place, `${name}.snap`), '--data-dir', data],
    ];
    const steps = await stepsOf(words('first'), meant, 7);
    const won = new Set<string>();
    for (let step = 1; step <= steps; step++) {
      const winner = judged(step, await raced(words('first'), words('second'), step, meant));
      won.add(winner);
      expect([step, await keysOf()]).toEqual([step, [`50 of ${winner}`]]);
    }
    expect([...won].sort()).toEqual(['first', 'second']);
  });

  test('restore-once, for two releases', async () => {
    const meant = /volume\/(data\.restored|data$|data\/FORMAT)/;
    const record = (name: string): string => join(volume, `begun-${name}`);
    const words = (name: string): string[] => [
      ...['restore-once', join(place, `${name}.snap`), '--data-dir', data, '--record', record(name), '--name', 'a'],
      ...['--initial-cluster', 'a=http://127.0.0.1:7001', '--initial-cluster-token', name],
    ];
    const steps = await stepsOf(words('first'), meant, 9);
    const won = new Set<string>();
    for (let step = 1; step <= steps; step++) {
      const winner = judged(step, await raced(words('first'), words('second'), step, meant));
      won.add(winner);
      const loser = winner === 'first' ? 'second' : 'first';
      expect([step, await keysOf()]).toEqual([step, [`50 of ${winner}`]]);
      expect([step, readFileSync(`${data}.restored`, 'utf8')]).toEqual([
        step,
        expect.stringContaining(`{"token":"${winner}","phase":"restored"}`),
      ]);
      expect([step, existsSync(record(winner)), existsSync(record(loser))]).toEqual([step, true, false]);
    }
    expect([...won].sort()).toEqual(['first', 'second']);
  });

  test('a member that is started while a restore is at work is refused, or has the directory to itself', async () => {
    const meant = /volume\/data/;
    const words = ['snapshot', 'restore', join(place, 'first.snap'), '--data-dir', data];
    const steps = await stepsOf(words, meant, 7);
    const met = new Set<string>();
    for (let step = 1; step <= steps; step++) {
      clear();
      const { child, ended } = stopping(words, step, meant);
      await until('it stands still', 60_000, () =>
        / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(')')[1] ?? ''),
      );
      const opening = await openDataDirectory({ path: data }).then(
        (directory) => directory,
        (error: unknown) => error as Error,
      );
      child.kill('SIGCONT');
      const { code, text } = await ended;
      if (opening instanceof Error) {
        const reason = /another process|nothing in it/.exec(opening.message)?.[0];
        expect([step, code, reason, opening.message]).toEqual([step, 0, expect.any(String), opening.message]);
        met.add(`refused: ${reason}`);
        expect([step, await keysOf()]).toEqual([step, ['50 of first']]);
      } else if (code === 0) {
        // Its state was whole already.
        met.add('has what was restored');
        await opening.close();
        expect([step, await keysOf()]).toEqual([step, ['50 of first']]);
      } else {
        expect([step, text]).toEqual([step, expect.stringContaining('is the data directory of a member already')]);
        met.add('was there first');
        await opening.close();
        expect([step, await keysOf()]).toEqual([step, []]);
      }
    }
    expect([...met].sort()).toEqual([
      'has what was restored',
      'refused: another process',
      'refused: nothing in it',
      'was there first',
    ]);
  });
}
