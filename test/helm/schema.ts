/**
 * Manifests against the schemas of Kubernetes, in two ways: the compiled JSON schemas of the package `kubernetes-models` know
 * what is required and which strings are well-formed, and its types, given to the TypeScript compiler, know every field there
 * is, so that a misspelt one is found.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, idOf, type Manifest } from './chart';

/** Packages of the models of CRDs, by the group that these belong to. */
const CRD_PACKAGES: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'cert-manager.io': '@kubernetes-models/cert-manager',
};

/** The models name policy/v1beta1 and v1 alike. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const [group = ''] = (apiVersion as string).split('/');
  return `${CRD_PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/** What is wrong with the manifests; empty if nothing. Takes seconds, so give it many at once. */
export function schemaErrors(manifests: readonly Manifest[]): string[] {
  const distinct = [...new Map(manifests.map((one) => [JSON.stringify(one), one])).values()];
  const unknown = distinct.filter((one) => !isKnown(one));
  if (unknown.length > 0) return unknown.map((one) => `${idOf(one)}: no kind ${one.kind} in ${one.apiVersion}`);
  return [...distinct.flatMap(validationErrors), ...typeErrors(distinct)];
}

function isKnown(manifest: Manifest): boolean {
  return existsSync(join(ROOT, 'node_modules', `${moduleOf(manifest)}.d.ts`));
}

function validationErrors(manifest: Manifest): string[] {
  const models = jest.requireActual<Record<string, new (data: Manifest) => { validate(): void }>>(moduleOf(manifest));
  const Model = models[manifest.kind];
  if (Model === undefined) return [`${idOf(manifest)}: no model`];
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [`${idOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const FILE = join(ROOT, 'test', 'helm', 'manifests-under-test.ts');

function typeErrors(manifests: readonly Manifest[]): string[] {
  const source = manifests.map(
    (one, at) =>
      `import type { I${one.kind} as T${at} } from '${moduleOf(one)}';\nexport const m${at}: T${at} = ${JSON.stringify(one)};\n`,
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === FILE || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === FILE ? ts.createSourceFile(name, source.join(''), ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([FILE], options, host);
  const file = program.getSourceFile(FILE);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((found) => {
    const line = ts.getLineAndCharacterOfPosition(found.file ?? file!, found.start ?? 0).line;
    const manifest = manifests[Math.floor(line / 2)];
    return `${idOf(manifest)}: ${ts.flattenDiagnosticMessageText(found.messageText, ' ')}`;
  });
}
