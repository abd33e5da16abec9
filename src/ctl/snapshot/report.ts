/** What is in a snapshot, in lines for people or as JSON for programs. */
import type { LoadedState } from '../../snapshot/loadedState';
import type { ReadSnapshot } from '../../snapshot/openFile';
import { printable } from '../../client/json';

/** What only shows once the state was loaded. */
export interface StateFacts {
  /** X-Etcd-Index. */
  readonly etcdIndex: number;
  readonly keysWithTtl: number;
  readonly authEnabled: boolean;
  readonly users: number;
  readonly roles: number;
  readonly featureLevel: number;
}

export function factsOf({ machine }: Pick<LoadedState, 'machine'>): StateFacts {
  const { keySpace, auth, cluster } = machine;
  return {
    etcdIndex: keySpace.index,
    keysWithTtl: keySpace.tree.expiries.size,
    authEnabled: auth.enabled,
    users: auth.users.length,
    roles: auth.roles.length,
    featureLevel: cluster.level,
  };
}

export function jsonOf({ header, totals, bytes }: ReadSnapshot, facts?: StateFacts): object {
  const takenAt = new Date(header.takenAtMs).toISOString();
  return { ...header, takenAt, bytes, ...totals, ...facts };
}

export function linesOf({ header, totals, bytes }: ReadSnapshot, facts?: StateFacts): readonly string[] {
  const rows: [name: string, text: string][] = [
    ['taken', `${new Date(header.takenAtMs).toISOString()} by ${header.memberName} (${header.memberId})`],
    ['cluster', header.clusterId],
    ['entry', `${header.index} of the log, term ${header.term}`],
    ['members', header.members.map(({ id, name }) => (name === '' ? id : `${name} (${id})`)).join(', ')],
    ['keys', `${totals.keys} keys and directories`],
    ['size', `${bytes} bytes`],
    ['sha256', totals.sha256],
  ];
  if (facts !== undefined) {
    const { etcdIndex, keysWithTtl, authEnabled, users, roles, featureLevel } = facts;
    rows.push(['index', `${etcdIndex} (X-Etcd-Index), feature level ${featureLevel}`]);
    rows.push(['ttl', `${keysWithTtl} keys and directories have one`]);
    rows.push(['auth', `${authEnabled ? 'on' : 'off'}, ${users} users, ${roles} roles`]);
  }
  const lines = rows.map(([name, text]) => `${name.padEnd(9)}${printable(text)}`);
  if (header.isLinearizable) return lines;
  return [...lines, 'warning  taken without asking the other members: it may lack what they acknowledged last'];
}
