import { faultOfCommand as faultOf } from '../../src/machine/batchRules';
import { EXPIRATION_MIN_MS, faultOfUrls, isTooDeep, TTL_MAX_SECONDS } from '../../src/machine/commandRules';
import { cleanPath } from '../../src/api/http/requestTarget';
import fc from 'fast-check';
import { NOW_MS, set } from './keyspace/writer';

it('whatever the API makes of a path may be in the log', () => {
  const component = fc.oneof(fc.constantFrom('', '.', '..', '...', '.a', 'a.', '_h', '\xff'), fc.string());
  fc.assert(
    fc.property(fc.array(component, { maxLength: 6 }), (components) => {
      const path = cleanPath(`/${components.join('/')}`);
      const key = path.endsWith('/') && path !== '/' ? path.slice(0, -1) : path;
      expect(faultOf(set(key))).toBeUndefined();
    }),
  );
});

it('a path that the API would have cleaned may not', () => {
  const component = fc.constantFrom('', '.', '..', 'a', '.a', 'b.');
  fc.assert(
    fc.property(fc.array(component, { minLength: 1, maxLength: 6 }), (components) => {
      const path = `/${components.join('/')}`;
      const isClean = path === '/' || (cleanPath(path) === path && !path.endsWith('/'));
      expect(faultOf(set(path)) === undefined).toBe(isClean);
    }),
  );
});

it('expiries are those that a TTL can give', () => {
  const at = (expirationMs: number | undefined): string | undefined => faultOf(set('/a', { expirationMs }));
  expect(at(undefined)).toBeUndefined();
  expect(at(EXPIRATION_MIN_MS)).toBeUndefined();
  expect(at(EXPIRATION_MIN_MS - 1)).toBeDefined();
  expect(at(NOW_MS + TTL_MAX_SECONDS * 1000)).toBeUndefined();
  expect(at(NOW_MS + TTL_MAX_SECONDS * 1000 + 1)).toBeDefined();
});

it('levels are counted as the API counts them', () => {
  expect(isTooDeep('/a'.repeat(256))).toBe(false);
  expect(isTooDeep('/a'.repeat(257))).toBe(true);
});

it('URLs of members are http or https, and bounded in number and length', () => {
  expect(faultOfUrls([], 0)).toBeUndefined();
  expect(faultOfUrls([], 1)).toBeDefined();
  expect(faultOfUrls(['http://h:1', 'https://[::1]:2'], 1)).toBeUndefined();
  for (const bad of ['', 'h:1', 'ftp://h', 'http://', `http://${'h'.repeat(5000)}`]) {
    expect(faultOfUrls([bad], 1)).toBeDefined();
  }
  expect(faultOfUrls(Array<string>(129).fill('http://h:1'), 1)).toBeDefined();
});
