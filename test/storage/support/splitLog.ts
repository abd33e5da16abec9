import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c, maskCrc32c } from '../../../src/storage/crc32c';
import { withWindow } from '../../../src/storage/fileWindow';
import { readLog } from '../../../src/storage/logFormat';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];
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
  writeFileSync(join(database, next), framed(second.map(({ bytes }) => bytes)));
}

/** As the engine writes it: see src/storage/logFormat.ts. */
function framed(payloads: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const push = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  for (const payload of payloads) {
    for (let at = 0; at < payload.length;) {
      const left = BLOCK_BYTES - (length % BLOCK_BYTES);
      if (left < HEADER_BYTES) {
        push(Buffer.alloc(left));
        continue;
      }
      const end = Math.min(payload.length, at + left - HEADER_BYTES);
      const isLast = end === payload.length;
      push(record(at === 0 ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE, payload.subarray(at, end)));
      at = end;
    }
  }
  return Buffer.concat(parts);
}

function record(type: number | undefined, bytes: Buffer): Buffer {
  const made = Buffer.alloc(HEADER_BYTES + bytes.length);
  made.writeUInt16LE(bytes.length, 4);
  made.writeUInt8(type ?? 0, 6);
  bytes.copy(made, HEADER_BYTES);
  made.writeUInt32LE(maskCrc32c(crc32c(made, 6)), 0);
  return made;
}
