import { callHelm, CHART, describeWithHelm, find, manifestsOf, type Manifest } from './chart';

/** What `helm install` prints. It talks to a cluster before it does, so here the template is shown in an object. */
function notes(...set: readonly string[]): string {
  const object = '{"apiVersion":"v1","kind":"Notes","text":{{ include "cairn.notes" . | toJson }}}';
  const options = [...set.flatMap((one) => ['--set', one]), '--set-json', `extraObjects=${JSON.stringify([object])}`];
  const { ok, stdout, stderr } = callHelm(['template', 'rel', CHART, '--namespace', 'apps', ...options]);
  if (!ok) throw new Error(stderr);
  return manifestsOf(stdout).find(({ kind }) => kind === 'Notes').text;
}

describeWithHelm('the notes', () => {
  it('say what to do next', () => {
    const text = notes();
    expect(text).toContain('http://rel-cairn.apps.svc.cluster.local:2379');
    expect(text).toContain('helm test rel --namespace apps --logs');
    expect(text).toContain('kubectl --namespace apps port-forward service/rel-cairn 2379 &');
    expect(text).toContain(
      'exec rel-cairn-0 -- cairn retire --url http://127.0.0.1:2379 --name-prefix rel-cairn- --keep N',
    );
    expect(text).not.toContain('WARNING');
  });

  it('follow the ports', () => {
    const text = notes('service.port=4001', 'clientPort=4002');
    expect(text).toContain('port-forward service/rel-cairn 4001 &');
    expect(text).toContain('--url http://127.0.0.1:4002');
  });

  it('delete the volumes of the members, and not the one with the backups', () => {
    const selector = /delete persistentvolumeclaims --selector (\S+)/.exec(notes('backup.enabled=true'))?.[1] ?? '';
    const wanted = selector.split(',').map((one) => one.split('='));
    const selects = ({ metadata }: Manifest): boolean =>
      wanted.every(([key, value]) => metadata.labels[key ?? ''] === value);
    const { ok, stdout } = callHelm(['template', 'rel', CHART, '--set', 'backup.enabled=true']);
    expect(ok).toBe(true);
    const rendered = manifestsOf(stdout);
    expect(find(rendered, 'StatefulSet').spec.volumeClaimTemplates.map(selects)).toEqual([true]);
    expect(selects(find(rendered, 'PersistentVolumeClaim'))).toBe(false);
  });

  it('warn of what is hardly meant', () => {
    expect(notes('replicaCount=2')).toContain('WARNING: 2 members survive no more losses than 1 would');
    const plainAuth = 'WARNING: auth is on and the peer port has no TLS';
    expect(notes('auth.enabled=true')).toContain(plainAuth);
    expect(notes('auth.enabled=true', 'tls.mode=chart')).not.toContain(plainAuth);
    expect(notes('persistence.enabled=false')).toContain('WARNING: persistence is off');
  });
});
