/** What can be said about the image without building it; `npm run test:packaging` builds and runs it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load';
import { imageEnvironment, readDockerfile, ROOT } from './dockerfile';

const BUILD = { version: '0', nodeVersion: 'v0', platform: 'none' };

const source = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const instructions = readDockerfile();
const ofImage = instructions.filter(({ stage }) => stage === '');

function textsOf(keyword: string, among = instructions): string[] {
  return among.filter((instruction) => instruction.keyword === keyword).map(({ text }) => text);
}

describe('the Dockerfile', () => {
  it('needs no frontend that has to be fetched', () => {
    expect(source).not.toMatch(/^#\s*syntax=/m);
    expect(source).not.toContain('<<');
    expect(textsOf('ADD')).toEqual([]);
  });

  it('takes packages from the lockfile, and from no place of its own', () => {
    const npm = textsOf('RUN').flatMap((text) => text.match(/\bnpm (ci|i|install|update)\b[^&;]*/g) ?? []);
    expect(npm).toHaveLength(2);
    for (const command of npm) expect(command).toMatch(/^npm ci .*--ignore-scripts/);
    const hosts = [...source.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host);
    expect(new Set(hosts)).toEqual(new Set(['0.0.0.0', 'localhost']));
  });

  it('begins with Node.js 24 unless it is told another base', () => {
    expect(textsOf('ARG')[0]).toBe('NODE_IMAGE=node:24-bookworm-slim');
    const bases = textsOf('FROM').map((text) => text.split(' ')[0]);
    expect(new Set(bases)).toEqual(new Set(['${NODE_IMAGE}', 'packages', 'scratch']));
    expect(textsOf('FROM', ofImage)).toEqual(['scratch']);
  });

  it('copies only what is there and is sent to the builder', () => {
    const sent = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(sent[0]).toBe('*');
    const copied = textsOf('COPY')
      .filter((text) => !text.startsWith('--from='))
      .flatMap((text) => text.split(/\s+/).slice(0, -1));
    for (const path of copied) {
      expect({ path, exists: existsSync(join(ROOT, path)) }).toEqual({ path, exists: true });
      expect(sent.some((entry) => `${path}/`.startsWith(`${entry.slice(1)}/`))).toBe(true);
    }
    for (const entry of sent.slice(1)) expect(copied).toContain(entry.slice(1));
  });

  it('runs as a user that is a number and not root', () => {
    expect(textsOf('USER', ofImage)).toEqual(['65532:65532']);
  });

  it('has a bill of what it is made of, which the image and its label keep', () => {
    const made = readDockerfile().filter(({ stage, text }) => stage === 'packages' && text.includes('npm sbom'));
    // npm makes none while packages are named that are not there (tried with npm 11).
    expect(made).toMatchObject([
      { text: 'npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx >sbom.cdx.json' },
    ]);
    expect(textsOf('LABEL').join(' ')).toContain('io.cairn.sbom="/opt/cairn/sbom.cdx.json"');
  });

  it('has one process, one health check and no shell between them and the outside', () => {
    expect(textsOf('ENTRYPOINT')).toEqual(['["cairn"]']);
    expect(textsOf('CMD')).toEqual([]);
    expect(textsOf('HEALTHCHECK')).toEqual([expect.stringMatching(/ CMD \["cairn", "healthcheck"\]$/)]);
    for (const text of textsOf('RUN', ofImage)) expect(text).toMatch(/\["node", /);
  });

  it('is labelled with the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(textsOf('ARG', ofImage)).toContain(`VERSION=${version}`);
    for (const name of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(textsOf('LABEL', ofImage).join(' ')).toContain(`org.opencontainers.image.${name}=`);
    }
  });
});

describe('the environment of the image', () => {
  const environment = imageEnvironment();

  it('lets a member start that is told nothing else, without a warning', () => {
    const outcome = loadConfiguration([], environment, () => '', BUILD);
    expect(outcome).toMatchObject({ kind: 'run', warnings: [] });
  });

  it('keeps the data below the volume, where Cairn makes its directory itself', () => {
    const [volume] = textsOf('VOLUME', ofImage);
    expect(environment.ETCD_DATA_DIR).toBe(`${volume}/data`);
  });

  it('listens on the ports that it exposes', () => {
    const ports = [environment.ETCD_LISTEN_CLIENT_URLS, environment.ETCD_LISTEN_PEER_URLS].map(
      (url) => new URL(url ?? '').port,
    );
    expect(textsOf('EXPOSE', ofImage)).toEqual([ports.join(' ')]);
  });
});
