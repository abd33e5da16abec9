import { readKeyParameters } from '../../../../src/api/v2/keys/parameters';

function read(query: string, method = 'PUT') {
  return readKeyParameters(new Map(new URLSearchParams(query)), method);
}

test('nothing given', () => {
  expect(read('')).toEqual({
    value: '',
    dir: false,
    recursive: false,
    sorted: false,
    wait: false,
    stream: false,
    quorum: false,
    consistent: false,
    refresh: false,
    noValueOnSuccess: false,
    prevExist: undefined,
    prevValue: '',
    prevIndex: 0n,
    waitIndex: 0,
    ttlSeconds: undefined,
  });
});

test.each([
  ['dir=1', { dir: true }],
  ['dir=T', { dir: true }],
  ['dir=tRuE', { dir: true }],
  ['dir=0&recursive=f', { dir: false, recursive: false }],
  ['sorted=False', { sorted: false }],
  ['prevExist=false', { prevExist: false }],
  ['prevExist=t', { prevExist: true }],
  ['prevIndex=18446744073709551615', { prevIndex: 18446744073709551615n }],
  ['prevIndex=007', { prevIndex: 7n }],
  ['waitIndex=12', { waitIndex: 12 }],
  ['waitIndex=18446744073709551615', { waitIndex: Number.MAX_SAFE_INTEGER }],
  ['ttl=', { ttlSeconds: undefined }],
  ['ttl=0', { ttlSeconds: 0 }],
  ['ttl=00000000000000000000000000005', { ttlSeconds: 5 }],
  ['refresh=true&ttl=5&value=', { refresh: true, value: '', ttlSeconds: 5 }],
  ['refresh=false&value=x', { refresh: false, value: 'x' }],
  ['consistent=TRUE', { consistent: true }],
  ['consistent=1', { consistent: false }],
])('%s', (query, expected) => {
  expect(read(query)).toMatchObject(expected);
});

test.each([
  ['prevIndex=', 203, 'invalid value for "prevIndex"'],
  ['prevIndex=-1', 203, 'invalid value for "prevIndex"'],
  ['prevIndex=18446744073709551616', 203, 'invalid value for "prevIndex"'],
  ['waitIndex=NaN', 203, 'invalid value for "waitIndex"'],
  ['recursive=', 209, 'invalid value for "recursive"'],
  ['sorted=yes', 209, 'invalid value for "sorted"'],
  ['wait=x', 209, 'invalid value for "wait"'],
  ['dir=x', 209, 'invalid value for "dir"'],
  ['quorum=x', 209, 'invalid value for "quorum"'],
  ['stream=x', 209, 'invalid value for "stream"'],
  ['wait=true', 209, '"wait" can only be used with GET requests'],
  ['prevValue=', 201, '"prevValue" cannot be empty'],
  ['noValueOnSuccess=x', 209, 'invalid value for "noValueOnSuccess"'],
  ['ttl=-1', 202, 'invalid value for "ttl"'],
  ['ttl=1.5', 202, 'invalid value for "ttl"'],
  ['ttl=%2B5', 202, 'invalid value for "ttl"'],
  ['ttl=%205', 202, 'invalid value for "ttl"'],
  ['ttl=99999999999999999999', 202, 'invalid value for "ttl"'],
  ['prevExist=', 209, 'invalid value for prevExist'],
  ['refresh=x', 209, 'invalid value for refresh'],
  ['refresh=true&value=x', 211, 'A value was provided on a refresh'],
  ['refresh=true', 212, 'No TTL value set'],
  ['refresh=true&ttl=', 212, 'No TTL value set'],
])('%s is refused', (query, code, cause) => {
  expect(read(query)).toEqual({ code, cause });
});

test('the checks run in the order of the fact sheet', () => {
  const wrong = [
    ['prevIndex', 'x'],
    ['waitIndex', 'x'],
    ['recursive', 'x'],
    ['sorted', 'x'],
    ['wait', 'x'],
    ['dir', 'x'],
    ['quorum', 'x'],
    ['stream', 'x'],
    ['prevValue', ''],
    ['noValueOnSuccess', 'x'],
    ['ttl', 'x'],
    ['prevExist', 'x'],
    ['refresh', 'x'],
  ] as const;
  for (const [position, [name]] of wrong.entries()) {
    const form = new Map<string, string>(wrong.slice(position).reverse());
    expect(readKeyParameters(form, 'GET')).toMatchObject({ cause: expect.stringContaining(name) });
  }
});

test('the method of a wait is checked after the other flags and before prevValue', () => {
  expect(read('wait=1&stream=x', 'HEAD')).toMatchObject({ cause: 'invalid value for "stream"' });
  expect(read('wait=1&prevValue=', 'HEAD')).toMatchObject({ cause: '"wait" can only be used with GET requests' });
  expect(read('wait=1', 'GET')).toMatchObject({ wait: true });
});
