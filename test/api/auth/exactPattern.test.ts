/** What a right to exactly one name gives where that is a directory, as docs/auth.md and etcd have it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '../../../src/client/client';
import { startInProcess, type InProcess } from '../../support/inProcess';

let member: InProcess;
beforeAll(async () => {
  member = await startInProcess('all');
});
afterAll(() => member.stop());

test('who may read it lists what is directly in it, and reads no key there by name', async () => {
  const [root, ann] = ['root', 'ann'].map((username) =>
    createClient({ endpoints: member.url, auth: { username, password: 'pw' } }),
  );
  if (root === undefined || ann === undefined) throw new Error('there are two');
  await root.keys.set('/d/x', '1');
  await root.keys.set('/d/e/y', '2');
  await root.auth.createUser('root', 'pw');
  await root.auth.createRole('reader', { read: ['/d'], write: [] });
  await root.auth.createUser('ann', 'pw', ['reader']);
  await root.auth.enable();
  const { nodes } = await ann.keys.list('/d', { sorted: true });
  expect(nodes.map(({ key, value }) => [key, value])).toEqual([
    ['/d/e', undefined],
    ['/d/x', '1'],
  ]);
  for (const path of ['/d/x', '/d/e']) await expect(ann.keys.get(path)).rejects.toMatchObject({ status: 401 });
  await expect(ann.keys.get('/d', { recursive: true })).rejects.toMatchObject({ status: 401 });
  const page = readFileSync(join(__dirname, '../../../docs/auth.md'), 'utf8');
  expect(page).toContain('A right to read exactly `/d` is also one to list the directory `/d`');
  root.close();
  ann.close();
});
