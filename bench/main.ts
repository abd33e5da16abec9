import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { whyMissing } from '../test/support/serverProcess';
import type { Program } from '../test/support/serverProcess';
import { parseOptions } from './options';
import type { Options } from './options';
import { performanceDocs } from './report/docs';
import { newReport, readReport } from './report/report';
import type { RunReport } from './report/report';
import { surroundings } from './report/surroundings';
import { terminalReport } from './report/terminal';
import { groups } from './rows/groups';
import { runGroups } from './runGroups';
import { useOtherNode } from './servers/otherRuntime';

const DOCS = join(__dirname, '../docs/performance.md');
const DOCS_WIDTH = 120;

async function main(): Promise<void> {
  const options = parseOptions(
    process.argv.slice(2),
    groups.map(({ name }) => name),
  );
  const report = options.fromFile === undefined ? await measure(options) : readReport(options.fromFile);
  process.stdout.write(terminalReport(report));
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
  if (options.writeDocs) {
    writeFileSync(DOCS, await format(performanceDocs(report), { parser: 'markdown', printWidth: DOCS_WIDTH }));
  }
  // Not `process.exit`: what is written to a pipe has to get out first. Nothing else keeps the process alive.
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}

async function measure({ plan, groups: names, node }: Options): Promise<RunReport> {
  const chosen = groups.filter(({ name }) => names?.includes(name) ?? true);
  if (whyMissing('cairn') === undefined && node !== undefined) useOtherNode(node);
  const machine = surroundings();
  if (machine.dataInMemory) say('the temporary directory is in memory: set TMPDIR to a directory on a disk');
  const programs = availablePrograms();
  const { rows, failures } = await runGroups(chosen, programs, plan, say);
  return newReport({
    date: new Date().toISOString().slice(0, 10),
    quick: plan.quick,
    rounds: plan.rounds,
    secondsPerMeasurement: plan.seconds,
    surroundings: machine,
    groups: chosen.map(({ name, title }) => ({ name, title })),
    rows,
    failures,
  });
}

/** Cairn, and etcd if it is there. */
function availablePrograms(): readonly Program[] {
  const missing = whyMissing('cairn');
  if (missing !== undefined) throw new Error(missing);
  const withoutEtcd = whyMissing('etcd');
  if (withoutEtcd === undefined) return ['cairn', 'etcd'];
  say(`Cairn runs alone: ${withoutEtcd}`);
  return ['cairn'];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
