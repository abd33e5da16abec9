import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withWindow } from '../../../src/storage/fileWindow';
import { readLog } from '../../../src/storage/logFormat';
import { LogFileBytes } from './logFile';

/** No other file has such a number yet. */
const FAR = 100;

/** Makes two write-ahead logs of the last one of a database, as when the engine begins a new one and ends before it is done. */
export async function splitLog(database: string): Promise<void> {
  const logs = readdirSync(database).filter((name) => /^\d+\.log$/.test(name));
  const name = logs.sort((a, b) => parseInt(a, 10) - parseInt(b, 10)).at(-1);
  if (name === undefined) throw new Error('there is no log');
  const payloads: { at: number; bytes: Buffer }[] = [];
  await withWindow(join(database, name), (window) => {
    readLog(window, {
      onPayload: (pieces, at) => payloads.push({ at, bytes: Buffer.concat(pieces) }),
      onDamage: () => {
        throw new Error(`${name} is damaged`);
      },
    });
  });
  const second = payloads.slice(payloads.length >> 1);
  const [begin] = second;
  if (begin === undefined) throw new Error(`${name} is empty`);
  truncateSync(join(database, name), begin.at);
  const next = `${String(parseInt(name, 10) + FAR).padStart(6, '0')}.log`;
  const file = new LogFileBytes();
  for (const { bytes } of second) file.add(bytes);
  writeFileSync(join(database, next), file.bytes);
}
