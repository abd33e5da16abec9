import { drawingFor, treeLines } from '../../../src/ctl/tree/lines';
import { FakeServer } from '../../client/fakeServer';
import { runCtl } from '../etcdctl/inProcess';

const node = {
  key: '/app',
  dir: true,
  nodes: [
    { key: '/app/db', dir: true, nodes: [{ key: '/app/db/host', value: 'ten', ttl: 30 }] },
    { key: '/app/empty', dir: true },
    { key: '/app/evil\u001b[2J', value: 'a\nb\u202e' },
  ],
};

describe('cairnctl tree', () => {
  const server = new FakeServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => {
    server.answer = () => ({ body: { action: 'get', node } });
  });

  async function tree(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCtl(['--no-sync', '--endpoints', server.url, 'tree', '/app', ...args]);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  }

  it('draws keys below each other, and nothing that a terminal obeys', async () => {
    expect(await tree()).toBe(
      ['/app/', '├── db/', '│   └── host', '├── empty/', '└── "evil\\x1b[2J"', '', '2 directories, 2 keys', ''].join(
        '\n',
      ),
    );
  });

  it('shows values and what is left of their time', async () => {
    const shown = await tree('--values');
    expect(shown).toContain('host = ten (30 s)\n');
    expect(shown).toContain(' = "a\\nb\\u202e"\n');
  });

  it('ends at a depth, or shows directories only', async () => {
    expect(await tree('-d')).toBe(['/app/', '├── db/', '└── empty/', '', '2 directories', ''].join('\n'));
    expect(await tree('-L', '1')).toBe(
      ['/app/', '├── db/', '├── empty/', '└── "evil\\x1b[2J"', '', '2 directories, 1 key', ''].join('\n'),
    );
  });

  it('counts what it shows', async () => {
    server.answer = () => ({
      body: { action: 'get', node: { key: '/app', dir: true, nodes: [{ key: '/app/d', dir: true, nodes: [node] }] } },
    });
    expect(await tree('-L', '1')).toContain('\n\n1 directory, 0 keys\n');
    server.answer = () => ({ body: { action: 'get', node: { key: '/app/k1', value: 'v' } } });
    expect(await tree()).toBe('/app/k1\n\n0 directories, 1 key\n');
  });

  it('fails as the other commands do', async () => {
    server.answer = () => ({ status: 404, body: { errorCode: 100, message: 'Key not found', cause: '/x', index: 7 } });
    expect(await runCtl(['--no-sync', '--endpoints', server.url, 'tree', '/x'])).toEqual({
      ...{ code: 4, stdout: '', stderr: 'Error:  100: Key not found (/x) [7]\n' },
    });
  });

  it('says so where there are two keys, and shows neither', async () => {
    const { code, stdout, stderr } = await runCtl(['--no-sync', '--endpoints', server.url, 'tree', '/app', '/b']);
    expect([code, stdout, stderr]).toEqual([1, '', 'cairnctl tree takes one key at most\n']);
  });
});

test.each([
  [{}, '├── '],
  [{ LANG: 'de_DE.UTF-8' }, '├── '],
  [{ LC_ALL: 'C.utf8', LANG: 'C' }, '├── '],
  [{ LANG: 'de_DE.ISO-8859-1' }, '|-- '],
  [{ LC_CTYPE: 'C', LANG: 'de_DE.UTF-8' }, '|-- '],
])('a terminal of the locale %j gets %j', (environment, name) => {
  expect(drawingFor(environment).name).toBe(name);
});

test('letters draw the same tree', () => {
  const file = (key: string) => ({ key, isDir: false, value: '', ttl: 0 });
  const root = {
    ...file('/a'),
    isDir: true,
    nodes: [{ ...file('/a/b'), isDir: true, nodes: [file('/a/b/c')] }, file('/a/d')],
  };
  const drawing = drawingFor({ LC_ALL: 'POSIX' });
  const options = { showsValues: false, directoriesOnly: false, depth: 0, drawing };
  const lines = [...treeLines(root as never, options)].map(({ before, name }) => before + name);
  expect(lines).toEqual(['/a/', '|-- b/', '|   `-- c', '`-- d']);
});
