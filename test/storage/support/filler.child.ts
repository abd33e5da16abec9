/** Fills the disk under a database until it fails, and then ends as the member does. Arguments: path, exit number, close first or not. */
import { openRocks } from '../../../src/storage/rocks';

async function fill(path: string): Promise<void> {
  const kv = await openRocks({
    path,
    createIfMissing: true,
    onFailure: (error) => {
      process.stdout.write(`${error.kind}\n`);
      const leave = (): never => process.exit(4);
      if (process.argv[3] === 'close') kv.close().then(leave, leave);
      else leave();
    },
  });
  for (let at = 0; ; at += 1) {
    await kv.batch([{ type: 'put', key: `k${at}`, value: Buffer.alloc(100_000, at) }], { sync: true });
  }
}

fill(process.argv[2] ?? '').catch(() => undefined);
