import { loadConfiguration } from '../../src/config/load';
import { findVariable } from '../../src/config/options';
import { describeWithHelm, find, NEW, render, valueSets, type Manifest } from './chart';
import { argumentsOf, environmentOf } from './environment';

const BUILD = { version: '0.0.0', nodeVersion: 'v20.19.0', platform: 'linux/x64' };
const TOKEN = '00112233445566778899aabbccddeeff';

function load(container: Manifest, pod: string, skip = 0) {
  const environment = environmentOf(container, pod, { token: TOKEN, size: '3' });
  const argv = argumentsOf(container, environment).slice(skip);
  return loadConfiguration(argv, environment, () => '', BUILD);
}

function member(valueSet: string, pod = 'rel-cairn-0') {
  const outcome = load(find(render(valueSet, NEW), 'StatefulSet').spec.template.spec.containers[0], pod);
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  return outcome;
}

describeWithHelm('what the pods tell Cairn', () => {
  it.each(valueSets)('is a configuration without doubts with the value set %s', (name) => {
    const statefulSet = find(render(name, NEW), 'StatefulSet');
    const [container] = statefulSet.spec.template.spec.containers;
    const outcome = load(container, `${statefulSet.metadata.name}-0`);
    expect(outcome).toMatchObject({ kind: 'run', warnings: [] });
    const variables = container.env
      .map((variable: Manifest) => variable.name)
      .filter((one: string) => /^ETCD_/.test(one));
    expect(variables.filter((one: string) => findVariable(one)?.option.status !== 'active')).toEqual([]);
    expect(new Set(variables).size).toBe(variables.length);
  });

  it('is a configuration for the discovery service', () => {
    const deployment = find(render('default', NEW), 'Deployment');
    const outcome = load(deployment.spec.template.spec.containers[0], 'x', 1);
    expect(outcome).toMatchObject({ kind: 'run', configuration: { discoveryTokens: [`${TOKEN}=3`] } });
  });

  it('names the pod and finds the others through the discovery service', () => {
    const { configuration } = member('default', 'rel-cairn-2');
    expect(configuration).toMatchObject({
      name: 'rel-cairn-2',
      dataDir: '/var/lib/cairn/data',
      discovery: `http://rel-cairn-discovery:2379/${TOKEN}`,
      discoveryFallback: 'join',
      autoRejoin: true,
    });
    expect(configuration.joinUrls).toContain('http://rel-cairn-4.rel-cairn-headless.apps.svc.cluster.local:2380');
  });

  it('does not change with the number of pods, so that scaling restarts none', () => {
    const template = (name: string) => find(render(name, NEW), 'StatefulSet').spec.template.spec.containers[0].env;
    expect(template('five')).toEqual(template('default'));
  });

  it('lists the founders in the static mode', () => {
    expect([...member('static').configuration.initialCluster.keys()]).toEqual([
      'rel-cairn-0',
      'rel-cairn-1',
      'rel-cairn-2',
    ]);
    expect(member('static').configuration.initialClusterToken).toBe('apps/rel-cairn');
  });

  it('asks the existing cluster first', () => {
    const { configuration } = member('existing');
    expect(configuration.initialClusterState).toBe('existing');
    expect(configuration.joinUrls.slice(0, 2)).toEqual(['http://10.0.0.5:2380', 'http://10.0.0.6:2380']);
  });

  it('hands on what `config` says, great numbers too', () => {
    expect(member('options').configuration).toMatchObject({
      heartbeatIntervalMs: 250,
      electionTimeoutMs: 2500,
      maxUncommittedBytes: 268_435_456,
      strictReconfigCheck: false,
      logLevel: 'debug',
      cors: ['https://a.example.com', 'https://b.example.com:8443'],
    });
  });
});
