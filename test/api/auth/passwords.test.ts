import { hashOf, isPasswordOf, NOBODYS_HASH } from '../../../src/api/auth/passwords';

/** Out of the log of an etcd 3.4 that was given these passwords. */
const MADE_BY_ETCD = [
  ['secret', '$2a$10$Z8/FJ3R5/0pqYrEFajdECeH3CrmRXjF33hrMwphiUkT4g7jeAiclm'],
  ['p\u00e4ss', '$2a$10$DJUc.ezhHEDqULWHla9jTuPcHoq0A/nj8N6alJIfHEUkC.c/ReNDO'],
  ['a\0b', '$2a$10$kRacDX/6U03xh9yNdxyAGO75L2gm9ai/3XNnJacn4IG6bFQ/aq3q6'],
  [`${'x'.repeat(72)}y`, '$2a$10$SeOFBNKSRE2ZRMqrVH6KCO3r.OtCH1p4r9vW8QqZYoFN27Rmm6P/G'],
] as const;

test.each(MADE_BY_ETCD)('%j is right by the hash that etcd made of it', async (password, hash) => {
  expect(await isPasswordOf(hash, Buffer.from(password))).toBe(true);
  expect(await isPasswordOf(hash, Buffer.from(`y${password}`))).toBe(false);
  expect(await isPasswordOf(hash, Buffer.from(password).subarray(0, 1))).toBe(false);
});

test('as in etcd what follows a NUL counts, and what follows 72 bytes does not', async () => {
  const [, , [, nul], [, long]] = MADE_BY_ETCD;
  expect(await isPasswordOf(nul, Buffer.from('a\0c'))).toBe(false);
  expect(await isPasswordOf(long, Buffer.from('x'.repeat(72)))).toBe(true);
  expect(await isPasswordOf(long, Buffer.from('x'.repeat(300)))).toBe(true);
  expect(await isPasswordOf(long, Buffer.from('x'.repeat(71)))).toBe(false);
});

test('a hash is one that etcd reads, with a salt of its own', async () => {
  const [one, other] = await Promise.all([hashOf(Buffer.from('secret')), hashOf(Buffer.from('secret'))]);
  expect(one).toMatch(/^\$2a\$10\$[./A-Za-z0-9]{53}$/);
  expect(one).not.toBe(other);
  expect(await isPasswordOf(one, Buffer.from('secret'))).toBe(true);
});

test('nobody has the password of nobody, and it takes as long to find that out', async () => {
  expect(NOBODYS_HASH).toMatch(/^\$2a\$10\$[./A-Za-z0-9]{53}$/);
  expect(await isPasswordOf(NOBODYS_HASH, Buffer.from(''))).toBe(false);
});
