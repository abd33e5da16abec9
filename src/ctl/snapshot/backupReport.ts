/** What is in the directory of a backup, in lines for people or as JSON for programs. */
import { stat } from 'node:fs/promises';
import { survey, type Range, type Survey } from '../../snapshot/backup/survey';
import { dateText } from '../../snapshot/backup/leadOn';
import { say, sayJson, type CommandArguments } from '../arguments';
import { outputOf } from './output';

/** What is not there, or cannot be looked at, is none: opening it says why. */
export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** Rejects if something is damaged or nothing can be restored, after everything was said. */
export async function tellBackup(values: CommandArguments, path: string, replays: boolean): Promise<void> {
  const found = await survey(path, replays);
  if (outputOf(values) === 'json') sayJson(jsonOf(found));
  else for (const line of linesOf(found)) say(line);
  const [first] = found.damage;
  if (first !== undefined) {
    throw new Error(
      `${path} is not whole: ${first}. What the ranges name can be restored all the same; keep the others away from it`,
    );
  }
  if (found.ranges.length === 0)
    throw new Error(`${path} has no full snapshot that is whole: nothing can be restored from it`);
  if (outputOf(values) === 'text') {
    say(
      `ok       every byte is as it was written${replays ? ', and each range was replayed from its beginning to its end' : ''}`,
    );
  }
}

function linesOf({ fulls, logs, ranges, damage, notes }: Survey): readonly string[] {
  const [first] = fulls;
  return [
    ...(first === undefined ? [] : [`cluster  ${first.snapshot.header.clusterId}`]),
    ...fulls.map(
      ({ file, etcdIndex, snapshot: { header, totals } }) =>
        `full     ${file.name}: index ${etcdIndex}, ${dateText(header.takenAtMs)}, ${totals.keys} keys and directories`,
    ),
    ...logs.map(({ file, extent: { last, bytes } }) =>
      last <= file.index
        ? `log      ${file.name}: no entry, ${bytes} bytes`
        : `log      ${file.name}: entries ${file.index + 1} to ${last}, ${bytes} bytes`,
    ),
    ...ranges.map(rangeLine),
    ...notes.map((note) => `note     ${note}`),
    ...damage.map((place) => `damaged  ${place}`),
  ];
}

function rangeLine({ first, etcdIndex, isExact, dateMs }: Range): string {
  const [from, to] = [dateText(first.snapshot.header.takenAtMs), dateText(dateMs)];
  return `range    index ${first.etcdIndex} to ${etcdIndex}${isExact ? '' : ' or more'}, ${from} to ${to}`;
}

function jsonOf({ fulls, logs, ranges, damage, notes }: Survey): object {
  return {
    clusterId: fulls[0]?.snapshot.header.clusterId,
    fulls: fulls.map(({ file, etcdIndex, snapshot: { header, totals, bytes } }) => ({
      ...{ file: file.name, etcdIndex, entry: header.index, takenAt: dateText(header.takenAtMs) },
      ...{ keys: totals.keys, bytes, sha256: totals.sha256 },
    })),
    logs: logs.map(({ file, extent: { last, bytes } }) => ({ file: file.name, after: file.index, last, bytes })),
    ranges: ranges.map(({ first, etcdIndex, isExact, dateMs, lastEntry }) => ({
      from: { index: first.etcdIndex, date: dateText(first.snapshot.header.takenAtMs) },
      to: { index: etcdIndex, isExact, date: dateText(dateMs), entry: lastEntry },
    })),
    ...{ damage, notes },
  };
}
