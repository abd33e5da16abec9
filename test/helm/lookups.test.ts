/** What an upgrade finds in the cluster and leaves as it is. */
import { describeWithHelm, find, type Manifest } from './chart';
import { FakeCluster } from './fakeCluster';
import { NOTES_OBJECT } from './notesObject';

const SECURED = { tls: { mode: 'chart' }, auth: { enabled: true, users: [{ name: 'app' }] } };

const secretsOf = (manifests: readonly Manifest[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    manifests.filter(({ kind }) => kind === 'Secret').map(({ metadata, data }) => [metadata.name, data]),
  );

/** The hook that removes members; undefined if there is none. */
const retireJobOf = (manifests: readonly Manifest[]): Manifest =>
  manifests.find(({ kind, metadata }) => kind === 'Job' && metadata.name === 'rel-cairn-retire');

const showsRoot = (job: Manifest): boolean => JSON.stringify(job).includes('ETCDCTL_USER_FILE');

describeWithHelm('in a cluster that Helm looks into', () => {
  let cluster: FakeCluster;
  beforeEach(async () => {
    cluster = new FakeCluster();
    await cluster.start();
  });
  afterEach(() => {
    cluster.stop();
  });

  it('an upgrade keeps the certificate, the passwords and the token; a second installation would make others', async () => {
    const another = secretsOf(await cluster.render(SECURED));
    const first = secretsOf(await cluster.apply(SECURED));
    expect(Object.keys(first).sort()).toEqual(['rel-cairn-auth', 'rel-cairn-bootstrap', 'rel-cairn-tls']);
    expect(Object.keys(first['rel-cairn-auth']!).sort()).toEqual(['root', 'user-app']);
    expect(secretsOf(await cluster.apply(SECURED))).toEqual(first);
    for (const [name, data] of Object.entries(first)) expect(another[name]).not.toEqual(data);
  });

  it('a user who is added gets a password, and the others keep theirs', async () => {
    const before = secretsOf(await cluster.apply(SECURED))['rel-cairn-auth']!;
    const more = { ...SECURED, auth: { enabled: true, users: [{ name: 'app' }, { name: 'more' }] } };
    const after = secretsOf(await cluster.apply(more))['rel-cairn-auth']!;
    expect(after).toMatchObject(before);
    expect(Buffer.from(after['user-more']!, 'base64').toString()).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('the size that the cluster was founded with stays', async () => {
    const first = secretsOf(await cluster.apply({ replicaCount: 3 }));
    expect(secretsOf(await cluster.apply({ replicaCount: 5 }))).toEqual(first);
  });

  it('after scaling up, as many have to register as there shall be: a few of them are no cluster', async () => {
    const sizeIn = (manifests: readonly Manifest[]): string =>
      find(manifests, 'Deployment').spec.template.spec.containers[0].env.find(
        ({ name }: { name: string }) => name === 'DISCOVERY_SIZE',
      ).value;
    expect(sizeIn(await cluster.apply({ replicaCount: 1 }))).toBe('1');
    expect(sizeIn(await cluster.apply({ replicaCount: 3 }))).toBe('3');
    expect(sizeIn(await cluster.apply({ replicaCount: 3, bootstrap: { size: 1 } }))).toBe('1');
  });

  it('root is known by the same password when it is installed again', async () => {
    const before = secretsOf(await cluster.apply(SECURED));
    cluster.uninstall();
    const after = secretsOf(await cluster.apply(SECURED));
    expect(after['rel-cairn-auth']).toEqual(before['rel-cairn-auth']);
    expect(after['rel-cairn-tls']).not.toEqual(before['rel-cairn-tls']);
  });

  it('a certificate whose Secret was deleted is made anew, with its CA', async () => {
    const { 'rel-cairn-tls': before, ...others } = secretsOf(await cluster.apply(SECURED));
    cluster.delete('Secret/rel-cairn-tls');
    const { 'rel-cairn-tls': after, ...same } = secretsOf(await cluster.apply(SECURED));
    for (const name of ['tls.crt', 'tls.key', 'ca.crt']) expect(after![name]).not.toBe(before![name]);
    expect(same).toEqual(others);
  });

  it('a certificate is for the names that it was made for: other ones are refused, with the way to them', async () => {
    const tls = { mode: 'chart', extraNames: ['b.example.org', 'a.example.org'] };
    const before = secretsOf(await cluster.apply({ tls }))['rel-cairn-tls'];
    const sameNames = { ...tls, extraNames: [...tls.extraNames].reverse() };
    expect(secretsOf(await cluster.apply({ tls: sameNames }))['rel-cairn-tls']).toEqual(before);
    const others = [
      { tls: { ...tls, commonName: 'members' } },
      { tls: { ...tls, extraNames: ['c.example.org'] } },
      { tls: { ...tls, extraAddresses: ['10.0.0.9'] } },
      { tls, clusterDomain: 'example.internal' },
    ];
    for (const values of others)
      await expect(cluster.render(values)).rejects.toThrow(
        'the certificate in the Secret rel-cairn-tls is for other names than the values now say',
      );
    cluster.delete('Secret/rel-cairn-tls');
    expect(secretsOf(await cluster.apply(others[0]!))['rel-cairn-tls']).not.toEqual(before);
    expect(secretsOf(await cluster.apply(others[0]!))['rel-cairn-tls']).toBeDefined();
  });

  it('a certificate of an older chart, of which nobody wrote what it is for, is taken as it is', async () => {
    const { annotations, ...metadata } = find(await cluster.apply(SECURED), 'Secret', '-tls').metadata;
    expect(Object.keys(annotations)).toEqual(['cairn/made-for']);
    const data = { 'tls.crt': 'YQ==', 'tls.key': 'Yg==', 'ca.crt': 'Yw==' };
    cluster.add({ apiVersion: 'v1', kind: 'Secret', metadata, data });
    const kept = find(await cluster.apply({ tls: { mode: 'chart', commonName: 'x' } }), 'Secret', '-tls');
    expect(kept).toMatchObject({ data });
    expect(kept.metadata.annotations).toBeUndefined();
  });

  it('the notes warn of TLS beside the volumes of an earlier release, and not in its upgrades', async () => {
    const warning = 'WARNING: the volume of an earlier release is there (data-rel-cairn-0)';
    const notesFor = async (values: object): Promise<string> =>
      find(await cluster.render({ ...values, extraObjects: [NOTES_OBJECT] }), 'Notes').text;
    const tls = { mode: 'chart' };
    expect(await notesFor({ tls })).not.toContain(warning);
    cluster.add({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-rel-cairn-0' } });
    expect(await notesFor({ tls })).toContain(warning);
    expect(await notesFor({})).not.toContain(warning);
    await cluster.apply({ tls });
    expect(await notesFor({ tls })).not.toContain(warning);
  });

  it('a snapshot is for a new release: refused where one runs, and each release is known by an id of its own', async () => {
    const restoring = { restore: { file: 'a.snap', existingClaim: 'snapshots' } };
    const idIn = (manifests: readonly Manifest[]) => secretsOf(manifests)['rel-cairn-bootstrap']!['restoreId'];
    await cluster.apply({});
    await expect(cluster.render(restoring)).rejects.toThrow('restore.file is for a new release, and rel-cairn runs');
    cluster.uninstall();
    const first = idIn(await cluster.apply(restoring));
    expect(idIn(await cluster.apply({ ...restoring, replicaCount: 5 }))).toBe(first);
    cluster.uninstall();
    expect(idIn(await cluster.apply(restoring))).not.toBe(first);
  });

  it('members are removed only where there shall be fewer', async () => {
    await cluster.apply({ replicaCount: 5 });
    expect(retireJobOf(await cluster.render({ replicaCount: 5 }))).toBeUndefined();
    expect(retireJobOf(await cluster.render({ replicaCount: 7 }))).toBeUndefined();
    const job = retireJobOf(await cluster.render({ replicaCount: 3 }));
    expect(job.spec.template.spec.containers[0].args).toContain('--keep=3');
  });

  it('nobody is asked to remove members of an installation that failed before its StatefulSet was there', async () => {
    await cluster.apply({});
    cluster.delete('StatefulSet/rel-cairn');
    expect(retireJobOf(await cluster.render({}))).toBeUndefined();
    cluster.delete('Service/rel-cairn-headless');
    expect(retireJobOf(await cluster.render({}))).toBeDefined();
  });

  it('members whose StatefulSet was deleted beside them are removed where there shall be fewer, and nobody else', async () => {
    await cluster.apply({ replicaCount: 3 });
    cluster.delete('StatefulSet/rel-cairn');
    for (const ordinal of [0, 1, 2])
      cluster.add({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `rel-cairn-${ordinal}` } });
    expect(retireJobOf(await cluster.render({ replicaCount: 3, persistence: { size: '16Gi' } }))).toBeUndefined();
    const job = retireJobOf(await cluster.render({ replicaCount: 1, persistence: { size: '16Gi' } }));
    expect(job.spec.template.spec.containers[0].args).toContain('--keep=1');
  });

  it('members are removed without a password in the upgrade that switches auth on: its Secret comes later', async () => {
    const users = { auth: { enabled: true } };
    await cluster.apply({ replicaCount: 5 });
    const job = retireJobOf(await cluster.render({ replicaCount: 3, ...users }));
    expect(job.spec.template.spec.volumes).toBeUndefined();
    expect(showsRoot(job)).toBe(false);
    await cluster.apply({ replicaCount: 5, ...users });
    expect(showsRoot(retireJobOf(await cluster.render({ replicaCount: 3, ...users })))).toBe(true);
  });

  it('members show root in their preStop hook in any case: the Secret is there before they are', async () => {
    const { spec } = find(await cluster.render({ auth: { enabled: true } }), 'StatefulSet').spec.template;
    expect(JSON.stringify(spec.containers[0].env)).toContain('ETCDCTL_USER_FILE');
  });
});
