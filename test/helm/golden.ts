/**
 * What a change of the chart changes: golden/default.yaml is the chart as it comes, and each other file says in what the
 * rendering of a value set differs from that. UPDATE_GOLDEN=1 writes them again.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describeWithHelm, find, idOf, NEW, OLD, render, valueSets, type Manifest } from './chart';

const GOLDEN = join(__dirname, 'golden');
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const LONGEST = 160;

/** One line for each value: the object, the path in it, the value. Another name of the release's objects is no difference. */
function linesOf(manifests: readonly Manifest[]): string[] {
  const name = find(manifests, 'StatefulSet').metadata.name;
  const named = JSON.parse(JSON.stringify(manifests).replaceAll(name, 'NAME')) as readonly Manifest[];
  return named.flatMap((one) => flatten(one, idOf(one)));
}

function flatten(value: Manifest, path: string): string[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    const text = lasting(path, JSON.stringify(value));
    return [`${path} = ${text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length})` : text}`];
  }
  // Names are steadier than positions: one more variable does not move all others.
  return Object.entries(value).flatMap(([key, inner]: [string, Manifest]) =>
    flatten(inner, Array.isArray(value) ? `${path}[${inner?.name ?? key}]` : `${path}.${key}`),
  );
}

/** Certificates and passwords are new in each rendering. */
function lasting(path: string, text: string): string {
  return /^Secret\/NAME-(tls|auth)\.data/.test(path) ? '(new each time)' : text;
}

function difference(base: readonly string[], other: readonly string[]): string {
  const [before, after] = [new Set(base), new Set(other)];
  const left = new Set(other.map(objectOf));
  // Of an object that is not there, its name says enough.
  const goneLines = base
    .filter((line) => !after.has(line))
    .map((line) => (left.has(objectOf(line)) ? line : objectOf(line)));
  const gone = [...new Set(goneLines)].map((line) => `- ${line}\n`);
  const come = other.filter((line) => !before.has(line)).map((line) => `+ ${line}\n`);
  return [...gone, ...come].join('');
}

/** `Kind/name` of a line. */
function objectOf(line: string): string {
  return /^[^.[ ]*/.exec(line)?.[0] ?? line;
}

function compare(file: string, content: string): void {
  const path = join(GOLDEN, file);
  if (isUpdate) writeFileSync(path, content);
  expect(content).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '(no such file: run with UPDATE_GOLDEN=1)');
}

describeWithHelm('the golden files', () => {
  const base = render('default', NEW);
  const baseLines = linesOf(base);

  it('default.yaml: the chart as it comes', () => {
    compare('default.yaml', base.map((one) => `---\n${stringify(one, { lineWidth: 0 })}`).join(''));
  });

  it(`kubernetes-${OLD}.txt: what is different there`, () => {
    compare(`kubernetes-${OLD}.txt`, difference(baseLines, linesOf(render('default', OLD))));
  });

  it.each(valueSets.filter((name) => name !== 'default'))('%s.txt: what is different with these values', (name) => {
    compare(`${name}.txt`, difference(baseLines, linesOf(render(name, NEW))));
  });

  it('are all of a value set that there is', () => {
    const wanted = [
      ...valueSets.map((name) => (name === 'default' ? 'default.yaml' : `${name}.txt`)),
      `kubernetes-${OLD}.txt`,
    ];
    const extra = readdirSync(GOLDEN).filter((file) => !wanted.includes(file));
    if (isUpdate) for (const file of extra) rmSync(join(GOLDEN, file));
    else expect(extra).toEqual([]);
  });
});
