import { createTokenCommand, tokenKeyOf } from '../../../src/api/discovery/registry';

const TOKEN = '0123456789abcdef0123456789abcdef';

test.each([
  [`/${TOKEN}`, '', 'GET,PUT'],
  [`/${TOKEN}/`, '', 'GET,PUT'],
  [`/${TOKEN}/a b`, '/a b', 'GET,PUT,DELETE'],
  [`/${TOKEN}/a/`, '/a', 'GET,PUT,DELETE'],
  [`/${TOKEN}/_state`, '/_state', 'GET,PUT,DELETE'],
  [`/${TOKEN}/_config/size`, '/_config/size', 'GET'],
  [`/${TOKEN}/_config`, '/_config', 'GET'],
])('%s is the key below the token with %j', (path, below, methods) => {
  expect(tokenKeyOf(path)).toEqual({ key: `/_etcd/registry/${TOKEN}${below}`, methods: methods.split(',') });
});

test.each([
  '/',
  '/new',
  `/${TOKEN.slice(1)}`,
  `/${TOKEN}0`,
  `/${TOKEN.toUpperCase()}`,
  `/${TOKEN.slice(1)}g`,
  `/${TOKEN}/a/b`,
  `/${TOKEN}/_config/other`,
  `/${TOKEN}/_config/size/x`,
  `/v2/keys/${TOKEN}`,
])('%s belongs to no token', (path) => {
  expect(tokenKeyOf(path)).toBeUndefined();
});

test('a token is made only if it is not there', () => {
  expect(createTokenCommand(TOKEN, '5', 7)).toEqual({
    type: 'create',
    path: `/_etcd/registry/${TOKEN}/_config/size`,
    nowMs: 7,
    dir: false,
    value: '5',
    expirationMs: undefined,
    inOrder: false,
  });
});
