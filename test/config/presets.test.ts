import { helpText } from '../../src/config/help';
import { loadConfiguration } from '../../src/config/load';
import { discoveryPreset } from '../../src/config/presets';
import type { Environment } from '../../src/config/environment';
import type { Outcome } from '../../src/config/load';
import { build, readerOf } from './support';

function load(argv: readonly string[], env: Environment = {}): Outcome {
  return loadConfiguration(argv, env, readerOf({}), build, discoveryPreset);
}

describe('cairn discovery', () => {
  it('has defaults of its own, and those that follow them', () => {
    expect(load([])).toMatchObject({
      kind: 'run',
      configuration: {
        name: 'discovery',
        dataDir: 'discovery.etcd',
        listenClientUrls: [{ host: 'localhost', port: 8087 }],
        listenPeerUrls: [{ host: '127.0.0.1', port: 0 }],
      },
      warnings: [],
    });
  });

  it('lets anything that is written win over them', () => {
    const outcome = load(['--data-dir=/d', '-addr=10.0.0.1:80'], { ETCD_NAME: 'x' });
    expect(outcome).toMatchObject({
      configuration: { name: 'x', dataDir: '/d', advertiseClientUrls: [{ host: '10.0.0.1', port: 80 }] },
    });
  });

  it('does not ask for the URLs that clients use: nobody is sent to them', () => {
    expect(load(['--listen-client-urls=http://0.0.0.0:2379'])).toMatchObject({ kind: 'run', warnings: [] });
  });

  it('refuses to be a proxy', () => {
    expect(load([], { ETCD_PROXY: 'on', ETCD_INITIAL_CLUSTER: 'a=http://a:1' })).toEqual({
      kind: 'error',
      message: 'ETCD_PROXY does not go with cairn discovery, which is what others look for; remove it',
    });
    expect(load(['--proxy=off']).kind).toBe('run');
  });

  it('says where its defaults come from', () => {
    const outcome = load(['--print-config']);
    expect(outcome.kind === 'print' ? outcome.text : '').toContain('\nname: discovery # default of cairn discovery\n');
    expect(load(['--listen-peer-urls=http://localhost:8087'])).toEqual({
      kind: 'error',
      message:
        'the default of cairn discovery and --listen-peer-urls both have http://localhost:8087; ' +
        'give clients and members different ports',
    });
  });

  it('is explained in the help', () => {
    const text = helpText().replaceAll(/\s+/g, ' ');
    expect(text).toContain(discoveryPreset.defaults['listen-client-urls']);
  });

  it('has a help of its own, with its defaults and without what does not go with it', () => {
    const outcome = load(['--help']);
    const text = outcome.kind === 'print' ? outcome.text : '';
    expect(text).toMatch(/^Usage: cairn discovery \[/);
    for (const [name, value] of Object.entries(discoveryPreset.defaults)) {
      expect(text).toMatch(new RegExp(`^  --${name} .*\n(      .*\n)*      Default: ${value}\\.`, 'm'));
    }
    for (const name of [...discoveryPreset.excluded, ...discoveryPreset.pointless])
      expect(text).not.toMatch(new RegExp(`^  --${name} `, 'm'));
    expect(text).toContain('do not go with it: --discovery, --discovery-srv, --proxy.');
    expect(text).not.toContain('Commands:');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

test('a proxy is not one of the members it is told of', () => {
  const argv = ['--proxy=on', '--initial-cluster=a=http://a:2380,b=http://b:2380'];
  expect(loadConfiguration(argv, {}, readerOf({}), build)).toMatchObject({
    kind: 'run',
    configuration: { proxy: 'on' },
  });
});
