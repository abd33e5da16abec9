import { activeRows } from '../../src/config/options';
import { callHelm, CHART, describeWithHelm, helm, readRoot, valueSets } from './chart';

interface FilesModule {
  readonly chartFiles: (rows: typeof activeRows) => ReadonlyMap<string, string>;
}
interface ManifestsModule {
  readonly manifests: (helm: string) => ReadonlyMap<string, string>;
}

describe('what people use as it stands', () => {
  it.each(['deploy/compose.yaml', 'deploy/kubernetes/cairn.yaml', 'deploy/kubernetes/cairn-static.yaml'])(
    '%s has no token in it that would be the same for everybody',
    (path) => {
      const text = readRoot(path);
      expect(text).not.toMatch(/[0-9a-f]{32}/);
      expect(text).not.toMatch(/^kind: Secret$/m);
    },
  );
});

describe('what in helm/cairn is made from something else', () => {
  it('is what scripts/chart-files.js writes', () => {
    const { chartFiles } = jest.requireActual<FilesModule>('../../scripts/chart-files.js');
    for (const [path, content] of chartFiles(activeRows)) {
      expect({ path, content: readRoot(path) }).toEqual({ path, content });
    }
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(readRoot('package.json')) as { version: string };
    expect(readRoot('helm/cairn/Chart.yaml')).toContain(`appVersion: ${version}\n`);
  });
});

describeWithHelm('with helm', () => {
  it('deploy/kubernetes is what scripts/chart-manifests.js writes', () => {
    const { manifests } = jest.requireActual<ManifestsModule>('../../scripts/chart-manifests.js');
    for (const [path, content] of manifests(String(helm))) {
      expect({ path, content: readRoot(path) }).toEqual({ path, content });
    }
  });

  it('`helm lint --strict` has nothing to say', () => {
    const files = valueSets.map((name) => `test/helm/values/${name}.yaml`);
    for (const file of files) {
      const { ok, stdout, stderr } = callHelm(['lint', CHART, '--strict', '--quiet', '--values', file]);
      expect({ file, ok, said: stdout + stderr }).toEqual({ file, ok: true, said: '' });
    }
  });
});
