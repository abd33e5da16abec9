/** A real etcd forms its cluster through this discovery service, in both spellings of the URL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterMember } from '../../cluster/clusterMember';
import { send } from '../../support/exchange';
import { FORM } from '../../support/request';
import { stablePort } from '../../support/ports';
import { ServerProcess, whyMissing } from '../../support/serverProcess';

const missing = whyMissing('cairn') ?? whyMissing('etcd');
const describeHere = missing === undefined ? describe : describe.skip;
const TOKEN = 'fedcba9876543210fedcba9876543210';
const NAMES = ['e1', 'e2', 'e3'];

if (missing !== undefined) test.skip(`bootstrapping etcd: ${missing}`, () => undefined);

describeHere('etcd 3.4', () => {
  let directory: string;
  let service: ServerProcess;
  let members: ClusterMember[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cairn-etcd-bootstrap-'));
  });

  afterEach(async () => {
    await Promise.all(members.map((member) => member.kill()));
    members = [];
    await service.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  async function bootstrap(discoveryUrl: string): Promise<void> {
    members = await Promise.all(
      NAMES.map(async (name) => {
        const [clientPort, peerPort] = [await stablePort(), await stablePort()];
        const peerUrl = `http://127.0.0.1:${peerPort}`;
        return new ClusterMember({ program: 'etcd', name, directory, clientPort, peerPort, peerUrl });
      }),
    );
    for (const member of members) member.start(['--discovery', discoveryUrl]);
    await Promise.all(members.map((member) => member.healthy(20_000)));
    for (const member of members) {
      expect((await member.members()).map(({ name }) => name).sort()).toEqual(NAMES);
    }
    await members[0]!.put('/made', 'by discovery');
    expect(await members[2]!.value('/made', '?quorum=true')).toBe('by discovery');
  }

  test('by a token of cairn discovery', async () => {
    service = await ServerProcess.start('cairn', {
      command: 'discovery',
      moreArguments: ['--discovery-tokens', `${TOKEN}=3`],
    });
    await bootstrap(`${service.clientUrl}/${TOKEN}`);
    const registered = JSON.parse((await get(`/${TOKEN}`)).body).node.nodes as { value: string }[];
    expect(registered.map(({ value }) => value.split('=')[0]).sort()).toEqual(NAMES);
    expect((await get('/v2/keys')).status).toBe(404);
  });

  test('by a key of a member of Cairn', async () => {
    service = await ServerProcess.start('cairn');
    const key = `/v2/keys/_etcd/registry/${TOKEN}`;
    const body = Buffer.from('value=3');
    const headers = [['Content-Type', FORM]] as const;
    await send(service.clientPort, { method: 'PUT', target: `${key}/_config/size`, headers, body });
    await bootstrap(`${service.clientUrl}${key}`);
  });

  function get(target: string) {
    return send(service.clientPort, { method: 'GET', target, headers: [] });
  }
});
