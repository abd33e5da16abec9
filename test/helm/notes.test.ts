import { callHelm, CHART, describeWithHelm, find, manifestsOf, type Manifest } from './chart';
import { NOTES_OBJECT } from './notesObject';

/** What `helm install` prints. */
function notes(...set: readonly string[]): string {
  const objects = `extraObjects=${JSON.stringify([NOTES_OBJECT])}`;
  const options = [...set.flatMap((one) => ['--set', one]), '--set-json', objects];
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

  it('lead to the port where operators are served, and promise no removal that does not take place', () => {
    const byItself = 'members are removed from the cluster before their pods go';
    const off = ['scaleDown.enabled=false', 'bootstrap.autoRejoin=false'];
    expect(notes()).toContain(byItself);
    const atMetrics = notes(...off, 'config.operator-routes=metrics', 'metrics.port=2381', 'listenHost=[::]');
    expect(atMetrics).not.toContain(byItself);
    expect(atMetrics).toContain('scaleDown.enabled is false: before there are fewer pods, remove the members');
    expect(atMetrics).toContain('cairn retire --url http://[::1]:2381 --name-prefix rel-cairn- --keep N');
    expect(notes(...off, 'tls.mode=chart')).toContain('cairn retire --name-prefix');
    const atPeer = notes(...off, 'config.operator-routes=peer');
    expect(atPeer).toContain(
      'port-forward pod/rel-cairn-0 2380 &\n  curl http://127.0.0.1:2380/v2/members/ID -XDELETE\n',
    );
    const files = '--cacert ca.crt --cert tls.crt --key tls.key';
    expect(notes(...off, 'config.operator-routes=peer', 'tls.mode=chart', 'auth.enabled=true')).toContain(
      `curl ${files} --user root https://127.0.0.1:2380/v2/members/ID -XDELETE\nID is one of those`,
    );
    for (const text of [atPeer, atMetrics]) expect(text).toMatch(/^ {2}\S.*\n(ID is.*\n)?\n`helm uninstall`/m);
    expect(notes(...off, 'tls.mode=chart', 'config.operator-routes=metrics', 'metrics.port=2381')).toContain(
      'cairn retire --url http://127.0.0.1:2381 --name-prefix',
    );
  });

  it('show what clients have to show', () => {
    const plain = 'curl http://127.0.0.1:2379/v2/members';
    expect(notes()).toContain(plain);
    expect(notes('auth.enabled=true')).toContain('curl --user root http://127.0.0.1:2379/v2/members');
    expect(notes('tls.mode=chart')).toContain('curl --cacert ca.crt https://127.0.0.1:2379/v2/members');
    const secret = ['tls.mode=secret', 'tls.secretName=s', 'tls.clientCertAuth=true', 'metrics.port=2381'];
    const all = notes(...secret, 'auth.enabled=true');
    const shown = '--cacert ca.crt --cert client.crt --key client.key --user root https://127.0.0.1:2379';
    expect(all).toContain(`curl ${shown}/v2/keys/hello -XPUT -d value=world`);
    expect(all).toContain('client.crt and client.key are a certificate for clients');
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
    const shutOut = 'WARNING: networkPolicy.clients says who may reach the client port, and Prometheus';
    const clients = 'networkPolicy.clients[0].podSelector.matchLabels.app=a';
    for (const monitor of ['metrics.serviceMonitor.enabled=true', 'metrics.podMonitor.enabled=true']) {
      expect(notes(clients, monitor)).toContain(shutOut);
      for (const other of ['metrics.port=2381', 'networkPolicy.enabled=false'])
        expect(notes(clients, monitor, other)).not.toContain(shutOut);
      expect(notes(monitor)).not.toContain(shutOut);
    }
    expect(notes(clients)).not.toContain(shutOut);
  });
});
