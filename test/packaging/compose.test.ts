/** What can be said about the compose files without running them; `npm run test:packaging` runs them. */
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { clusterOf } from '../../src/app/clusterFile';
import type { Configuration } from '../../src/config/configuration';
import { loadConfiguration } from '../../src/config/load';
import { discoveryPreset } from '../../src/config/presets';
import { certs } from '../../src/ctl/certs';
import { formatEndpoint } from '../../src/config/urls';
import { imageEnvironment, ROOT } from './dockerfile';

const DEPLOY = join(ROOT, 'deploy');
const MEMBERS = ['node1', 'node2', 'node3'];
const BUILD = { version: '0', nodeVersion: 'v0', platform: 'none' };

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: unknown;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly ulimits?: unknown;
  readonly privileged?: unknown;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

function read(name: string): ComposeFile {
  return parse(readFileSync(join(DEPLOY, name), 'utf8'), { merge: true });
}

const cluster = read('compose.yaml');
const monitoring = read('compose.monitoring.yaml');

/** What the container would do with its command and environment, and with what is in a file that it is told to read. */
function configurationOf(name: string, file = ''): Configuration {
  const service = cluster.services[name]!;
  const isDiscovery = service.command?.[0] === 'discovery';
  const args = isDiscovery ? service.command.slice(1) : (service.command ?? []);
  const environment = { ...imageEnvironment(), ...service.environment };
  const outcome = loadConfiguration(args, environment, () => file, BUILD, isDiscovery ? discoveryPreset : undefined);
  if (outcome.kind !== 'run') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  expect({ name, warnings: outcome.warnings }).toEqual({ name, warnings: [] });
  return outcome.configuration;
}

const both: [string, Service, ComposeFile][] = [cluster, monitoring].flatMap((file) =>
  Object.entries(file.services).map(([name, service]): [string, Service, ComposeFile] => [name, service, file]),
);

describe.each(both)('the container of %s', (_name, service, file) => {
  it('has no more rights than it needs', () => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.privileged).toBeUndefined();
    expect(service.restart).toBe('unless-stopped');
  });

  it('asks for no limits that a machine may not grant', () => {
    expect(service.ulimits).toBeUndefined();
  });

  it('shows its ports to this machine only, and can be given others', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z0-9_]+:-\d+\}:\d+$/);
  });

  it('mounts what is there', () => {
    for (const mount of service.volumes ?? []) {
      const [source = '', target, mode] = mount.split(':');
      expect(target).toMatch(/^\//);
      if (source.startsWith('.')) {
        expect({ source, exists: existsSync(resolve(DEPLOY, source)) }).toEqual({ source, exists: true });
        expect(mode).toBe('ro');
      } else expect(Object.keys(file.volumes)).toContain(source);
    }
  });
});

describe('deploy/compose.yaml', () => {
  it('has three members and a discovery service, each with a volume of its own', () => {
    const names = ['discovery', ...MEMBERS];
    expect(Object.keys(cluster.services)).toEqual(names);
    for (const name of names) {
      const { volumes, read_only, image } = cluster.services[name]!;
      expect(volumes?.[0]).toBe(`${name}:/var/lib/cairn`);
      expect(read_only).toBe(true);
      expect(image).toBe('${CAIRN_IMAGE:-cairn:latest}');
    }
  });

  it('tells each member its own name and the names of its container', () => {
    for (const name of MEMBERS) {
      const configuration = configurationOf(name);
      expect(configuration.name).toBe(name);
      expect(configuration.advertiseClientUrls.map(formatEndpoint)).toEqual([`http://${name}:2379`]);
      expect(configuration.initialAdvertisePeerUrls.map(formatEndpoint)).toEqual([`http://${name}:2380`]);
    }
  });

  it('lets the members meet at a token that the service makes at its first start, for as many as there are', () => {
    const service = configurationOf('discovery');
    const [port] = service.listenClientUrls.map((endpoint) => endpoint.port);
    const [path = '', size] = service.discoveryClusterFile.split('=');
    expect(size).toBe(`${MEMBERS.length}`);
    const place = mkdtempSync(join(tmpdir(), 'cairn-compose-'));
    const file = join(place, 'cluster.yaml');
    clusterOf(`${file}=${size}`, service.discoveryPrefix, () => 'f'.repeat(32));
    const made = readFileSync(file, 'utf8');
    rmSync(place, { recursive: true });
    expect(cluster.services['discovery']?.volumes).toContain(`cluster:${dirname(path)}`);
    for (const name of MEMBERS) {
      expect(configurationOf(name, made).discovery).toBe(`http://discovery:${port}/${'f'.repeat(32)}`);
      const { environment, volumes } = cluster.services[name]!;
      expect(environment?.['ETCD_CONFIG_FILE']).toBe(path);
      expect(volumes).toContain(`cluster:${dirname(path)}:ro`);
    }
  });

  it('holds no token that is the same for everybody', () => {
    expect(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8')).not.toMatch(/[0-9a-f]{32}/);
  });

  it('tells a member without data where the others are', () => {
    const peers = MEMBERS.map((name) => `http://${name}:2380`);
    for (const name of MEMBERS) expect(configurationOf(name).joinUrls).toEqual(peers);
  });

  it('starts the members when the discovery service is healthy, and checks all by the command of the image', () => {
    for (const name of MEMBERS) {
      expect(cluster.services[name]?.depends_on).toEqual({ discovery: { condition: 'service_healthy' } });
    }
    for (const { healthcheck } of Object.values(cluster.services)) {
      expect(healthcheck?.test).toEqual(['CMD', 'cairn', 'healthcheck']);
    }
  });

  it('gives a member the time it needs to stop in order', () => {
    for (const { stop_grace_period } of Object.values(cluster.services)) expect(stop_grace_period).toBe('30s');
  });

  it('publishes the ports of `npm run cluster`', () => {
    const published = MEMBERS.map((name) => cluster.services[name]?.ports?.[0]?.match(/:-(\d+)/)?.[1]);
    expect(published).toEqual(['12379', '22379', '32379']);
  });
});

describe('deploy/compose.tls.yaml', () => {
  const tls = read('compose.tls.yaml');
  const { certs: maker, ...members } = tls.services;

  /** With both files, as Compose merges them. */
  function merged(name: string): Configuration {
    const [, clientCertAuth = ''] =
      /:-(\w+)\}$/.exec(members[name]?.environment?.['ETCD_CLIENT_CERT_AUTH'] ?? '') ?? [];
    const environment = {
      ...imageEnvironment(),
      ...cluster.services[name]?.environment,
      ...members[name]?.environment,
      ETCD_CLIENT_CERT_AUTH: clientCertAuth,
    };
    const file = 'discovery: "http://discovery:2379/00112233445566778899aabbccddeeff"\n';
    const outcome = loadConfiguration([], environment, () => file, BUILD);
    if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
    expect(outcome.warnings).toEqual([]);
    return outcome.configuration;
  }

  it('makes certificates before the members start, without a network, for a volume that they only read', () => {
    expect(maker).toMatchObject({ network_mode: 'none', restart: 'no', read_only: true, cap_drop: ['ALL'] });
    expect(maker?.security_opt).toEqual(['no-new-privileges:true']);
    expect(maker?.volumes).toEqual(['certs:/var/lib/cairn']);
    expect(Object.keys(members)).toEqual(MEMBERS);
    for (const { volumes, depends_on } of Object.values(members)) {
      expect(volumes).toEqual(['certs:/run/tls:ro']);
      expect(depends_on).toEqual({ certs: { condition: 'service_completed_successfully' } });
    }
  });

  it('gives members what the command makes, for the names by which they call each other', async () => {
    const place = mkdtempSync(join(tmpdir(), 'cairn-compose-'));
    const [word, ...args] = maker?.command ?? [];
    expect(word).toBe('certs');
    const here = args.map((arg) => arg.replace('/var/lib/cairn', place));
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    // At each start.
    for (let start = 0; start < 2; start++) expect(await certs(here)).toBe(0);
    jest.restoreAllMocks();
    for (const name of MEMBERS) {
      const { advertiseClientUrls, initialAdvertisePeerUrls, joinUrls, ...rest } = merged(name);
      const files = [rest.certFile, rest.keyFile, rest.trustedCaFile];
      expect([rest.peerCertFile, rest.peerKeyFile, rest.peerTrustedCaFile]).toEqual(files);
      const [certificate, , ca] = files.map((path) => readFileSync(path.replace('/run/tls', place), 'utf8'));
      const shown = new X509Certificate(certificate!);
      expect(shown.verify(new X509Certificate(ca!).publicKey)).toBe(true);
      expect(shown.subject).toBe(`CN=${rest.peerCertAllowedCn.join()}`);
      expect(rest.peerClientCertAuth).toBe(true);
      for (const { scheme, host } of [...advertiseClientUrls, ...initialAdvertisePeerUrls]) {
        expect([scheme, host]).toEqual(['https', name]);
        expect(shown.checkHost(host)).toBe(host);
      }
      expect(joinUrls.every((url) => url.startsWith('https:'))).toBe(true);
    }
    rmSync(place, { recursive: true });
  });

  it('leaves no key of the CA in the volume', () => {
    expect(maker?.command).toContain('--ca-key=discard');
  });
});

describe('deploy/compose.monitoring.yaml', () => {
  it('scrapes the members where they listen, and has the rules of deploy/prometheus', () => {
    const file = readFileSync(join(DEPLOY, 'compose.prometheus.yml'), 'utf8');
    const { scrape_configs, rule_files, ...rest } = parse(file);
    const targets = scrape_configs.flatMap((job: { static_configs: { targets: string[] }[] }) =>
      job.static_configs.flatMap((group) => group.targets),
    );
    const listened = MEMBERS.map((name) => [name, configurationOf(name).listenMetricsUrls.map(formatEndpoint)]);
    expect(listened).toEqual(MEMBERS.map((name) => [name, ['http://0.0.0.0:2381']]));
    expect(targets).toEqual(MEMBERS.map((name) => `${name}:2381`));
    const example = parse(readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8'));
    expect(rule_files).toEqual(example.rule_files.map((name: string) => `rules/${name}`));
    expect(rest).toEqual({ global: example.global });
    expect(scrape_configs[0].job_name).toBe(example.scrape_configs[0].job_name);
    for (const name of example.rule_files) expect(existsSync(join(DEPLOY, 'prometheus', name))).toBe(true);
  });

  it('hands Grafana dashboards from the folder that is mounted, and data from the Prometheus beside it', () => {
    const provisioning = join(DEPLOY, 'grafana/provisioning');
    const { datasources } = parse(readFileSync(join(provisioning, 'datasources/prometheus.yaml'), 'utf8'));
    expect(Object.keys(monitoring.services)).toContain(new URL(datasources[0].url).hostname);
    const { providers } = parse(readFileSync(join(provisioning, 'dashboards/cairn.yaml'), 'utf8'));
    expect(monitoring.services.grafana?.volumes).toContain(`./grafana:${providers[0].options.path}:ro`);
    expect(readdirSync(join(DEPLOY, 'grafana'))).toContain('cairn.json');
  });
});
