/** Cipher suites by the names of the standard (IANA), which etcd's options use, and OpenSSL's names for them. */

/** What TLS 1.3 has. All are good, and they are in use whenever TLS 1.3 is. */
const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const;

/** Of TLS 1.2: authenticated encryption with keys that are forgotten after use. The default. */
const MODERN: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
};

/** Taken where they are asked for: clients of 2014 have nothing better. */
const OLDER: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
};

/** Names that Go's crypto/tls had first. */
const ALIASES: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
};

const OPENSSL_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(TLS13_SUITES.map((name) => [name, name])),
  ...MODERN,
  ...OLDER,
  ...Object.fromEntries(Object.entries(ALIASES).map(([alias, name]) => [alias, MODERN[name] ?? name])),
};

/** Every name that can be given. RC4, 3DES, CBC with SHA-256, and suites whose keys do not change are not among them. */
export const CIPHER_SUITES: readonly string[] = Object.keys(OPENSSL_NAMES);

/**
 * The list as OpenSSL takes it; empty means the default. As in Go, a list says nothing about TLS 1.3: its suites are added unless
 * some of them are named.
 */
export function opensslCiphers(suites: readonly string[]): string {
  const names = suites.length === 0 ? Object.keys(MODERN) : suites;
  const all = names.some(isOfTls13) ? names : [...TLS13_SUITES, ...names];
  return all.flatMap((name) => OPENSSL_NAMES[name] ?? []).join(':');
}

function isOfTls13(name: string): boolean {
  return TLS13_SUITES.some((suite) => suite === name);
}
