/** What is in a snapshot, in lines for people or as JSON for programs. */
import type { LoadedState } from '../../snapshot/loadedState';
import type { ReadSnapshot } from '../../snapshot/openFile';
import type { TtlRule } from '../../snapshot/restore';
import type { Ttls } from '../../snapshot/ttlCount';
import { printable } from '../../client/json';

/** What only shows once the state was loaded. */
export interface StateFacts {
  /** X-Etcd-Index. */
  readonly etcdIndex: number;
  readonly authEnabled: boolean;
  readonly users: number;
  readonly roles: number;
  readonly featureLevel: number;
}

export function factsOf({ machine }: Pick<LoadedState, 'machine'>): StateFacts {
  const { keySpace, auth, cluster } = machine;
  return {
    etcdIndex: keySpace.index,
    authEnabled: auth.enabled,
    users: auth.users.length,
    roles: auth.roles.length,
    featureLevel: cluster.level,
  };
}

/** For people. */
export function ttlText({ keysWithTtl, ttlsOver }: Ttls): string {
  const have = `${keysWithTtl} keys and directories have one`;
  return ttlsOver === 0 ? have : `${have}; of ${ttlsOver} of them the date has passed`;
}

/**
 * The same of what was restored: what is over goes as soon as there is a leader, which whoever restores may not have meant.
 *
 * @param rule absent: nobody is there to choose another one
 */
export function restoredTtlText(ttls: Ttls, rule?: TtlRule): string {
  if (ttls.ttlsOver === 0) return ttlText(ttls);
  const advice =
    rule?.kind === 'keep-date' ? '; --ttl keep-left, into another directory, gives them what was left' : '';
  return `${ttlText(ttls)}: they go when the cluster starts${advice}`;
}

/** What is known of a snapshot: one that was just saved was not looked at for its TTLs. */
export interface LookedAt {
  readonly found: ReadSnapshot;
  readonly ttls?: Ttls;
  readonly facts?: StateFacts;
}

export function jsonOf({ found: { header, totals, bytes }, ttls, facts }: LookedAt): object {
  const takenAt = new Date(header.takenAtMs).toISOString();
  const counted = ttls === undefined ? {} : { keysWithTtl: ttls.keysWithTtl, ttlsOver: ttls.ttlsOver };
  return { ...header, takenAt, bytes, ...totals, ...counted, ...facts };
}

export function linesOf({ found: { header, totals, bytes }, ttls, facts }: LookedAt): readonly string[] {
  const rows: [name: string, text: string][] = [
    ['taken', `${new Date(header.takenAtMs).toISOString()} by ${header.memberName} (${header.memberId})`],
    ['cluster', header.clusterId],
    ['entry', `${header.index} of the log, term ${header.term}`],
    ['members', header.members.map(({ id, name }) => (name === '' ? id : `${name} (${id})`)).join(', ')],
    ['keys', `${totals.keys} keys and directories`],
    ['size', `${bytes} bytes`],
    ['sha256', totals.sha256],
  ];
  if (ttls !== undefined) rows.push(['ttl', ttlText(ttls)]);
  if (facts !== undefined) {
    const { etcdIndex, authEnabled, users, roles, featureLevel } = facts;
    rows.push(['index', `${etcdIndex} (X-Etcd-Index), feature level ${featureLevel}`]);
    rows.push(['auth', `${authEnabled ? 'on' : 'off'}, ${users} users, ${roles} roles`]);
  }
  const lines = rows.map(([name, text]) => `${name.padEnd(9)}${printable(text)}`);
  if (header.isLinearizable) return lines;
  return [...lines, 'warning  taken without asking the other members: it may lack what they acknowledged last'];
}
