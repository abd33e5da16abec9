import { credentialsOf } from '../../../src/api/auth/credentials';

function encoded(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

function of(authorization: string | undefined, certificate?: string) {
  return credentialsOf(authorization === undefined ? {} : { authorization }, certificate);
}

test.each([
  ['root', 'pw'],
  ['root', ''],
  ['', 'pw'],
  ['a', 'b:c:d'],
  ['éva', 'päss'],
  ['nul', 'a\0b'],
])('name %j and password %j', (name, password) => {
  expect(of(`Basic ${encoded(`${name}:${password}`)}`)).toEqual({
    kind: 'basic',
    name,
    password: Buffer.from(password),
  });
});

test('the word Basic is understood in any case, and a password need not be UTF-8', () => {
  expect(of(`bAsIc ${encoded(Buffer.from('a:\xff', 'latin1'))}`)).toEqual({
    kind: 'basic',
    name: 'a',
    password: Buffer.from([0xff]),
  });
});

test.each([
  'Basic',
  'Basic ',
  'Bearer abc',
  'Basic  cm9vdDpwdw==',
  'Basic cm9vdDpwdw',
  'Basic cm9vdDpwdw=',
  'Basic cm9v dDpwdw==',
  'Basic cm9vdDpwdz_-',
  `Basic ${encoded('root')}`,
  `Basic ${encoded(Buffer.from('\xe9va:pw', 'latin1'))}`,
  ' ',
])('%j is a header that cannot be read: nobody, and no guest either', (header) => {
  expect(of(header)).toEqual({ kind: 'unreadable' });
  expect(of(header, 'root')).toEqual({ kind: 'unreadable' });
});

test('without a header it is the certificate that says it, if one does', () => {
  expect(of(undefined)).toEqual({ kind: 'none' });
  expect(of('')).toEqual({ kind: 'none' });
  expect(of(undefined, 'ann')).toEqual({ kind: 'certificate', name: 'ann' });
  expect(of('', 'ann')).toEqual({ kind: 'certificate', name: 'ann' });
  expect(of(`Basic ${encoded('bob:x')}`, 'ann')).toMatchObject({ kind: 'basic', name: 'bob' });
});
