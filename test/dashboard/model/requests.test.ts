import { execFileSync } from 'node:child_process';
import { eventOf, listingOf, refusalOf, type KeyNode } from '../../../src/dashboard/model/answers';
import { curlOf } from '../../../src/dashboard/model/curl';
import { ancestorsOf, childOf, cleanKey, isHiddenBelow, keyUrl } from '../../../src/dashboard/model/paths';
import {
  createRequest,
  deleteRequest,
  draftOf,
  isEdited,
  saveRequest,
  typedTtl,
  urlOf,
} from '../../../src/dashboard/model/saving';

const BASE: KeyNode = {
  key: '/a',
  isDirectory: false,
  value: 'old',
  createdIndex: 3,
  modifiedIndex: 7,
  endsAtMs: undefined,
};

test('a save is refused by the store if the key has changed since it was seen', () => {
  const request = saveRequest({ ...draftOf(BASE), value: 'new' }, 0);
  expect(request).toMatchObject({ method: 'PUT', key: '/a', form: { value: 'new', prevIndex: '7' } });
  expect(request.form).not.toHaveProperty('ttl');
});

test('what is left of a TTL is kept', () => {
  const base = { ...BASE, endsAtMs: 100_000 };
  expect(saveRequest(draftOf(base), 40_500).form['ttl']).toBe('60');
  // Over already: the store decides, not this clock.
  expect(saveRequest(draftOf(base), 200_000).form['ttl']).toBe('1');
  expect(saveRequest({ ...draftOf(base), ttl: { kind: 'none' } }, 0).form).not.toHaveProperty('ttl');
});

test('an edit is what differs from what was seen', () => {
  expect(isEdited(draftOf(BASE))).toBe(false);
  expect(isEdited({ ...draftOf(BASE), value: 'x' })).toBe(true);
  expect(isEdited({ ...draftOf(BASE), ttl: { kind: 'seconds', seconds: 5 } })).toBe(true);
});

test('a creation replaces nothing, a deletion takes only what was seen', () => {
  expect(createRequest('/a', false, 'v', 5).form).toEqual({ value: 'v', prevExist: 'false', ttl: '5' });
  expect(createRequest('/a', true, '', undefined).form).toEqual({ dir: 'true', prevExist: 'false' });
  expect(urlOf(deleteRequest(BASE))).toBe('/v2/keys/a?prevIndex=7');
  expect(urlOf(deleteRequest({ ...BASE, isDirectory: true }))).toBe('/v2/keys/a?recursive=true');
});

test('a TTL is a whole number of seconds from 1 on, or none', () => {
  expect([typedTtl(''), typedTtl(' 5 '), typedTtl('0'), typedTtl('1.5'), typedTtl('x'), typedTtl('-1')]).toEqual([
    undefined,
    5,
    ...['bad', 'bad', 'bad', 'bad'],
  ]);
});

test('paths', () => {
  expect(keyUrl('/a b/ü?#%')).toBe('/v2/keys/a%20b/%C3%BC%3F%23%25');
  expect(keyUrl('/')).toBe('/v2/keys/');
  expect(cleanKey(' a//b/ ')).toBe('/a/b');
  expect(ancestorsOf('/a/b/c')).toEqual(['/', '/a', '/a/b']);
  expect(childOf('/', 'a')).toBe('/a');
  expect([isHiddenBelow('/_etcd', '/'), isHiddenBelow('/_etcd/x', '/_etcd'), isHiddenBelow('/a/_b/c', '/')]).toEqual([
    true,
    false,
    true,
  ]);
});

describe('curl', () => {
  test('no value gets out of its quotes: a shell reads back what was meant', () => {
    const value = `it's $HOME \`id\` "x" \\ & é\nline`;
    const text = curlOf(createRequest("/o'brien", false, value, undefined), 'http://127.0.0.1:1', 'ann');
    const words = execFileSync('sh', ['-c', text.replace(/^curl/, `printf '%s\\0'`)], { encoding: 'utf8' }).split('\0');
    expect(words.slice(0, -1)).toEqual([
      ...['-L', '-u', 'ann', '-X', 'PUT', "http://127.0.0.1:1/v2/keys/o'brien"],
      ...['--data-urlencode', `value=${value}`, '--data-urlencode', 'prevExist=false'],
    ]);
  });
});

describe('answers', () => {
  test('a listing', () => {
    const body = {
      node: { dir: true, nodes: [{ key: '/a', value: '1', ttl: 5, modifiedIndex: 2, createdIndex: 2 }, 7] },
    };
    expect(listingOf(body, 1000)).toEqual({
      node: { key: '/', isDirectory: true, value: '', createdIndex: 0, modifiedIndex: 0, endsAtMs: undefined },
      children: [{ key: '/a', isDirectory: false, value: '1', createdIndex: 2, modifiedIndex: 2, endsAtMs: 6000 }],
    });
  });

  test.each([
    undefined,
    null,
    'x',
    5,
    [],
    {},
    { node: 5 },
    { node: { key: 5 } },
    { node: { key: '/a', modifiedIndex: 'x' } },
  ])('what has another shape is nothing: %j', (body) => {
    expect(listingOf(body, 0)).toBeUndefined();
    expect(eventOf(body, 0)).toBeUndefined();
  });

  test('errors of keys and of other routes', () => {
    expect(refusalOf(412, { errorCode: 101, message: 'Compare failed', cause: '[7 != 8]' })).toEqual({
      status: 412,
      code: 101,
      text: 'Compare failed: [7 != 8]',
    });
    expect(refusalOf(500, undefined)).toEqual({ status: 500, code: 0, text: 'status 500' });
  });
});
