import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterMember } from '../../cluster/clusterMember';
import { call } from '../../cluster/httpClient';
import { stablePort } from '../../support/ports';
import { ServerProcess, whyMissing, type Program } from '../../support/serverProcess';

const QUICK = ['--heartbeat-interval', '20', '--election-timeout', '200'];

/** A directory with members that are to find each other, and a discovery service for them. */
export class Place {
  private readonly members: ClusterMember[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'discovery-test-'));

  private constructor(readonly service: ServerProcess) {}

  static async make(program: Program): Promise<Place> {
    return new Place(await ServerProcess.start(program));
  }

  /** URL of a token for `size` members. */
  async token(name: string, size: number): Promise<string> {
    const target = `/v2/keys/_etcd/registry/${name}/_config/size`;
    const { status } = await call(this.service.clientPort, { method: 'PUT', target, form: { value: String(size) } });
    if (status !== 201) throw new Error(`making a token: status ${status}`);
    return this.tokenUrl(name);
  }

  tokenUrl(name: string): string {
    return `${this.service.clientUrl}/v2/keys/_etcd/registry/${name}`;
  }

  /** The names of those registered below a token. */
  async registered(name: string): Promise<readonly string[]> {
    const target = `/v2/keys/_etcd/registry/${name}`;
    const { node } = JSON.parse((await call(this.service.clientPort, { method: 'GET', target })).text) as {
      node: { nodes?: readonly { value: string; createdIndex: number }[] };
    };
    // etcd lists in any order.
    const inOrder = [...(node.nodes ?? [])].sort((one, other) => one.createdIndex - other.createdIndex);
    return inOrder.map(({ value }) => value.split('=')[0] ?? '');
  }

  /** A member that is not started. */
  async member(name: string, program: Program = 'cairn'): Promise<ClusterMember> {
    const [clientPort, peerPort] = [await stablePort(), await stablePort()];
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const member = new ClusterMember({ program, name, directory: this.directory, clientPort, peerPort, peerUrl });
    this.members.push(member);
    return member;
  }

  /** So many members, started with the same arguments. */
  async start(names: readonly string[], ...more: readonly string[]): Promise<readonly ClusterMember[]> {
    const members: ClusterMember[] = [];
    for (const name of names) members.push(await this.member(name));
    for (const member of members) member.start([...QUICK, ...more]);
    return members;
  }

  /** Between tests: clusters that are done with would go on sending heartbeats while the next ones form. */
  async endMembers(): Promise<void> {
    await Promise.all(this.members.splice(0).map((member) => member.kill()));
  }

  async end(): Promise<void> {
    await this.endMembers();
    await this.service.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export { QUICK, whyMissing };

/** Healthy, all of them in one cluster and listed by name. */
export async function formOneCluster(members: readonly ClusterMember[], size = members.length): Promise<string> {
  await Promise.all(members.map((member) => member.healthy(20_000)));
  const ids = new Set<string>();
  for (const member of members) {
    const answer = await member.get('/v2/members');
    ids.add(String(answer.headers['x-etcd-cluster-id']));
    expect(JSON.parse(answer.text).members).toHaveLength(size);
  }
  expect(ids.size).toBe(1);
  return [...ids][0] ?? '';
}
