import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { cairnCommand } from '../../test/support/serverProcess';
import { wrkVersion } from '../loads/wrk';
import { isInMemory } from '../servers/scratch';
import type { Surroundings } from './report';

/** Looks at the machine and asks the programs for their versions. */
export function surroundings(): Surroundings {
  const [node, entry] = cairnCommand();
  const [cairn, etcd] = [versionOf(node, [entry]), versionOf('etcd', [])];
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    kernel: `Linux ${release()}`,
    dataInMemory: isInMemory(),
    versions: [
      ...(cairn === undefined ? [] : [`Cairn ${cairn}`]),
      ...(etcd === undefined ? [] : [`etcd ${etcd}`]),
      `Node.js ${versionOf(node, []) ?? 'of an unknown version'}`,
      wrkVersion() ?? 'the client of this benchmark instead of wrk, which is not installed',
    ],
  };
}

/** The first thing that looks like a version in what `--version` prints. */
function versionOf(command: string, args: readonly string[]): string | undefined {
  const { stdout, error } = spawnSync(command, [...args, '--version'], { encoding: 'utf8' });
  return error === undefined ? /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] : undefined;
}
