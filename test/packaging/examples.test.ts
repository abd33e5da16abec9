/** deploy/examples: manifests that Kubernetes takes, of pods that need no right, with options that `cairn mirror` has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandArguments } from '../../src/ctl/arguments';
import { mirrorOptions, type MirrorOptions } from '../../src/ctl/mirror/options';
import { containersOf, type Manifest } from '../helm/chart';
import { violations } from '../helm/restricted';
import { schemaErrors } from '../helm/schema';

const FOLDER = join(__dirname, '../../deploy/examples');
const files = readdirSync(FOLDER);

function manifestsIn(file: string): readonly Manifest[] {
  const documents = parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'));
  return documents.map((document) => document.toJS()).filter((manifest) => manifest !== null);
}

function podsIn(file: string): readonly Manifest[] {
  return manifestsIn(file).flatMap(({ spec }) => (spec?.template?.spec === undefined ? [] : [spec.template.spec]));
}

/** What the containers with `cairn mirror` were asked for, with the name of each. */
function mirrorsIn(file: string): readonly (readonly [Manifest, MirrorOptions])[] {
  return podsIn(file).flatMap((pod) =>
    containersOf(pod)
      .filter(({ args }) => args?.[0] === 'mirror')
      .map(
        (container) =>
          [container, mirrorOptions(new CommandArguments('mirror', container.args.slice(1) as string[]))] as const,
      ),
  );
}

it.each(files)('%s meets the schemas of Kubernetes', (file) => {
  expect(manifestsIn(file).length).toBeGreaterThan(0);
  expect(schemaErrors(manifestsIn(file))).toEqual([]);
});

it.each(files)('%s meets the Pod Security Standard "restricted"', (file) => {
  expect(podsIn(file).flatMap(violations)).toEqual([]);
});

it.each(files)('%s has the image of this version', (file) => {
  const { version } = JSON.parse(readFileSync(join(FOLDER, '../../package.json'), 'utf8')) as { version: string };
  const images = mirrorsIn(file).map(([{ image }]) => String(image));
  expect(images).toEqual(images.map(() => `cairn:${version}`));
});

it('the sidecar writes where nginx reads, is probed where it listens, and signals what nginx says of itself', () => {
  const [[container, options] = [undefined, undefined]] = mirrorsIn('mirror-sidecar.yaml');
  expect(options?.hook).toEqual({ kind: 'signal', signal: 'SIGHUP', pidFile: '/tmp/nginx.pid' });
  expect(container?.ports).toEqual([{ name: 'mirror', containerPort: options?.metricsAddress?.port }]);
  expect(container?.startupProbe.httpGet).toEqual({ path: '/readyz', port: 'mirror' });
  expect(container?.volumeMounts).toContainEqual({ name: 'config', mountPath: options?.settings.directory });
  const [pod] = podsIn('mirror-sidecar.yaml');
  expect(pod?.containers[0].volumeMounts).toContainEqual({
    name: 'config',
    mountPath: '/etc/nginx/conf.d',
    readOnly: true,
  });
});

it('the init container ends, and writes what the program sources', () => {
  const [[, options] = [undefined, undefined]] = mirrorsIn('mirror-init.yaml');
  expect(options).toMatchObject({ onceWithinMs: 120_000, settings: { directory: '/config', modes: { file: 0o600 } } });
  expect(options?.settings.form).toEqual({ format: 'env', file: '.env', namePrefix: 'REPORT_' });
});
