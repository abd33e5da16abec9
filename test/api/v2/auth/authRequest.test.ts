import { parseRoleRequest, parseUserRequest } from '../../../../src/api/v2/auth/authRequest';

const NO_USER = { user: '', password: '', roles: null, grant: null, revoke: null };
const NONE = { read: null, write: null };
const NO_ROLE = { role: '', permissions: NONE, grant: undefined, revoke: undefined };

test.each([
  ['{}', {}],
  ['null', {}],
  [
    '{"user":"a","password":"b","roles":["r"],"grant":["g"],"revoke":[]}',
    { user: 'a', password: 'b', roles: ['r'], grant: ['g'], revoke: [] },
  ],
  ['{"USER":"a","PassWord":"b","ROLE\u017f":["r"]}', { user: 'a', password: 'b', roles: ['r'] }],
  ['{"user":"a","User":"b","roles":["x","y"],"Roles":["z"]}', { user: 'b', roles: ['z'] }],
  ['{"user":"a","user":null,"roles":["x"],"roles":null}', { user: 'a', roles: null }],
  ['{"roles":[null,"a"]}', { roles: ['', 'a'] }],
  ['{"other":[{"user":"x"}],"user":"a"} behind it', { user: 'a' }],
  ['{"__proto__":{"user":"x"},"constructor":"y","toString":1}', {}],
] as const)('a user of %s', (body, expected) => {
  expect(parseUserRequest(body)).toEqual({ ...NO_USER, ...expected });
});

test.each([
  '',
  '[]',
  '"a"',
  '7',
  'true',
  '{"user":1}',
  '{"password":["x"]}',
  '{"roles":"a"}',
  '{"roles":[1]}',
  '{"roles":{}}',
  '{"user":"a"',
])('no user of %j', (body) => {
  expect(parseUserRequest(body)).toBeUndefined();
});

test.each([
  ['{}', {}],
  ['{"role":"a"}', { role: 'a' }],
  [
    '{"role":"a","permissions":{"kv":{"read":["/x"],"write":[]}}}',
    { role: 'a', permissions: { read: ['/x'], write: [] } },
  ],
  ['{"permissions":null}', {}],
  ['{"permissions":{}}', {}],
  ['{"permissions":{"kv":null,"kw":1}}', {}],
  ['{"Permissions":{"KV":{"Read":["/x"]}}}', { permissions: { read: ['/x'], write: null } }],
  // Two objects for one field are put together.
  [
    '{"permissions":{"kv":{"read":["/x"]}},"permissions":{"kv":{"write":["/y"]}}}',
    { permissions: { read: ['/x'], write: ['/y'] } },
  ],
  ['{"grant":{"kv":{"read":["/x"]}}}', { grant: { read: ['/x'], write: null } }],
  ['{"grant":{}}', { grant: NONE }],
  ['{"grant":{"kv":{"read":["/x"]}},"grant":null}', { grant: undefined }],
] as const)('a role of %s', (body, expected) => {
  expect(parseRoleRequest(body)).toEqual({ ...NO_ROLE, ...expected });
});

test.each([
  '',
  '[]',
  '{"role":1}',
  '{"permissions":[]}',
  '{"permissions":{"kv":[]}}',
  '{"permissions":{"kv":{"read":"/x"}}}',
  '{"grant":{"kv":{"write":[1]}}}',
])('no role of %j', (body) => {
  expect(parseRoleRequest(body)).toBeUndefined();
});
