import { parseAccess } from '../../src/ctl/accessFile';

test('roles and users, each list without what comes twice', () => {
  const { roles, users } = parseAccess(`
roles:
  app: { read: [/app/*, /app/*], write: ['*'] }
  none:
users:
  app: { passwordFile: /run/app, roles: [app, root] }
  idle: { passwordFile: /run/idle }
`);
  expect([...roles]).toEqual([
    ['app', { read: ['/app/*'], write: ['*'] }],
    ['none', { read: [], write: [] }],
  ]);
  expect([...users]).toEqual([
    ['app', { passwordFile: '/run/app', roles: ['app', 'root'] }],
    ['idle', { passwordFile: '/run/idle', roles: [] }],
  ]);
});

test.each(['{}', 'roles:\nusers:\n'])('a file may say that there is neither (%j)', (text) => {
  expect(parseAccess(text)).toEqual({ roles: new Map(), users: new Map() });
});

test('names that objects have anyway are names like others', () => {
  expect([...parseAccess('roles: { constructor: { read: [/a] }, __proto__: { read: [/b] } }').roles.keys()]).toEqual([
    'constructor',
    '__proto__',
  ]);
});

test.each([
  ['roles: [', /^it is no YAML: /],
  [`roles:\n${'- '.repeat(100_000)}`, /^line 2 is more than 100 levels deep$/],
  ['', /^it is empty: write roles: \{\} and users: \{\}/],
  ['# nothing', /^it is empty: /],
  ['roles: { app: { write: [app/*] } }', /^roles\.app\.write: "app\/\*" fits no key; write "\/app\/\*"$/],
  ['[]', /^the file has to have the keys roles and users$/],
  ['role: {}', /^the file: there is no key "role"; the keys are roles and users$/],
  ['roles: [app]', /^roles has to be names/],
  ['roles: { app: /app }', /^roles\.app has to have the keys read and write$/],
  ['roles: { app: { reads: [] } }', /^roles\.app: there is no key "reads"/],
  ['roles: { app: { read: /app } }', /^roles\.app\.read has to be a list of texts$/],
  ['roles: { app: { read: [1] } }', /^roles\.app\.read has to be a list of texts$/],
  ['roles: { root: {} }', /^roles\.root: the role root may do everything already/],
  ['users: { a: {} }', /^users\.a\.passwordFile is missing/],
  ['users: { a: { password: secret } }', /^users\.a: there is no key "password"/],
  ['users: { a: { passwordFile: /a, roles: [app] } }', /^users\.a\.roles names "app", which is not among the roles/],
  ['users: { root: { passwordFile: /a } }', /^users\.root: root is the user of --user-file/],
])('%s is refused', (text, message) => {
  expect(() => parseAccess(text)).toThrow(message);
});
