/** Hosts in SRV records (RFC 2782). */

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
}

/** `host:port` of each, in their order, in lower case and once. A target of `.` says that nobody serves there, and is none. */
export function srvHosts(records: readonly SrvRecord[]): readonly string[] {
  const named = records.map(({ name, port }) => ({ host: name.replace(/\.$/, '').toLowerCase(), port }));
  return [...new Set(named.filter(({ host }) => host !== '').map(({ host, port }) => `${host}:${port}`))];
}
