/** `cairn export`: the keys below a prefix as a file. */
import { writeNewFile } from '../newFile';
import { runCommand, say, UsageError } from '../arguments';
import { keysOf, type Environment } from '../connection';
import { KeyStore, type FoundKey } from './keyStore';
import { writeKeyDocument, type KeyEntry, type KeyFileForm } from './keyDocument';
import { prefixOf } from './prefix';

const FORMS: readonly KeyFileForm[] = ['yaml', 'json'];

/**
 * `cairn export PREFIX [--to FILE] [--output yaml|json] [--hidden KEY,...] [--url URL]`: all keys below the prefix as they were at one moment, with their
 * TTLs, to the standard output or into a new file. Hidden keys are not listed by members, so they are named.
 */
export function exportKeys(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('export', args, async (values) => {
    const prefix = prefixOf(values.operand('PREFIX'), 'PREFIX');
    const form = FORMS.find((each) => each === values.text('output'));
    if (form === undefined) throw new UsageError(`--output has to be one of ${FORMS.join(', ')}`);
    const hidden = values.has('hidden') ? values.list('hidden').map((key) => prefixOf(key, '--hidden')) : [];
    const path = values.has('to') ? values.text('to') : undefined;
    const store = new KeyStore(await keysOf(values, environment), prefix);
    const keys = (await store.read(hidden)).map(entryOf);
    // A wrong prefix would make an empty file that somebody takes for a backup.
    if (keys.length === 0)
      throw new Error(`there are no keys below ${prefix === '' ? '/' : prefix}; nothing was written`);
    const text = writeKeyDocument({ prefix: prefix === '' ? '/' : prefix, date: new Date().toISOString(), keys }, form);
    if (path === undefined) process.stdout.write(text);
    else {
      await writeNewFile(path, text);
      say(`${keys.length} keys and directories below ${prefix === '' ? '/' : prefix} are in ${path}`);
    }
  });
}

function entryOf({ present, expiry }: FoundKey): KeyEntry {
  const place = { key: present.key, ...(expiry === undefined ? {} : { expiry }) };
  return 'directory' in present ? { ...place, directory: true } : { ...place, value: present.value };
}
