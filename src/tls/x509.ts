import type * as X509 from '@peculiar/x509';

/**
 * The library that makes certificates and reads what Node.js does not. It is large, so it is loaded where it is needed, and not a part of
 * the bundle (scripts/bundle.js); what it is built on wants `reflect-metadata` to be there first.
 */
export async function loadX509(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
