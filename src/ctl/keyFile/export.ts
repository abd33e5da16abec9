/** `cairn export`: the keys below a prefix as a file. */
import { NewFile } from '../newFile';
import { runCommand, say, warn } from '../arguments';
import { keysOf, type Environment } from '../connection';
import { KeyStore, type FoundKey } from './keyStore';
import { writeKeyDocument, type KeyEntry } from './keyDocument';
import { prefixOf } from '../prefix';
import { mayBeBytes } from '../utf8';

/**
 * `cairn export PREFIX [--to FILE [--replace]] [--output yaml|json] [--hidden KEY,...] [--url URL]`: all keys below the prefix as they were at one moment, with their
 * TTLs, to the standard output or into a file. Hidden keys are not listed by members, so they are named, and read after the others.
 */
export function exportKeys(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('export', args, async (values) => {
    const prefix = prefixOf(values.operand('PREFIX'), 'PREFIX');
    const form = values.choice('output', ['yaml', 'json']);
    const hidden = values.has('hidden') ? values.list('hidden').map((key) => prefixOf(key, '--hidden')) : [];
    const path = values.has('to') ? values.text('to') : undefined;
    const store = new KeyStore(await keysOf(values, environment), prefix);
    const keys = (await store.read(hidden)).map(entryOf);
    refuseIfMissing(hidden, keys, prefix);
    // A wrong prefix would make an empty file that somebody takes for a backup.
    if (keys.length === 0)
      throw new Error(`there are no keys below ${prefix === '' ? '/' : prefix}; nothing was written`);
    warnOfBytes(keys);
    const text = writeKeyDocument({ prefix: prefix === '' ? '/' : prefix, date: new Date().toISOString(), keys }, form);
    if (path === undefined) process.stdout.write(text);
    else {
      await write(path, text, values.isOn('replace'));
      say(`${keys.length} keys and directories below ${prefix === '' ? '/' : prefix} are in ${path}`);
    }
  });
}

/** Whoever names a key wants it in the file: a backup without it would be found out when it is needed. */
function refuseIfMissing(hidden: readonly string[], keys: readonly KeyEntry[], prefix: string): void {
  const there = new Set(keys.map(({ key }) => key));
  const missing = hidden.find((key) => !there.has(key));
  if (missing === undefined) return;
  throw new Error(
    `there is no key ${prefix}${missing}; nothing was written: --hidden names keys below ${prefix === '' ? '/' : prefix}, without that in front, as _secret`,
  );
}

const SHOWN_MAX = 3;

/** A backup in which they are something else is none, and members do not tell. */
function warnOfBytes(keys: readonly KeyEntry[]): void {
  const doubtful = keys.filter((entry) => mayBeBytes(entry.key) || ('value' in entry && mayBeBytes(entry.value)));
  if (doubtful.length === 0) return;
  const shown = doubtful.slice(0, SHOWN_MAX).map(({ key }) => key);
  warn(
    `${doubtful.length} of ${keys.length} keys (${shown.join(', ')}${doubtful.length > SHOWN_MAX ? ', ...' : ''}) have U+FFFD in them, which is what ` +
      'members answer in place of bytes that are no UTF-8: those bytes are not in the file, cairn snapshot save keeps them',
  );
}

/** Whole or not at all. Rejects with an error that says what to do. */
async function write(path: string, text: string, replaces: boolean): Promise<void> {
  const file = await NewFile.begin(path, replaces);
  try {
    await file.write(Buffer.from(text));
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

function entryOf({ present, expiry }: FoundKey): KeyEntry {
  const place = { key: present.key, ...(expiry === undefined ? {} : { expiry }) };
  return 'directory' in present ? { ...place, directory: true } : { ...place, value: present.value };
}
