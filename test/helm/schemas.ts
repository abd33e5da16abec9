import { describeWithHelm, idOf, NEW, OLD, render, valueSets, type Manifest } from './chart';
import { schemaErrors } from './schema';

const good: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'good' },
  spec: { ports: [{ port: 1, protocol: 'TCP' }] },
};

/** Each with a fault that has to be found. */
const bad: readonly (readonly [Manifest, RegExp])[] = [
  [{ ...good, metadata: { name: 'misspelt' }, spec: { sessionAfinity: 'None' } }, /sessionAfinity/],
  [{ ...good, metadata: { name: 'word' }, spec: { type: 'Cluster' } }, /"Cluster"/],
  [{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'bare' }, spec: {} }, /selector/],
];

describeWithHelm('the schemas of Kubernetes', () => {
  let errors: readonly string[] = [];

  // Asking once takes a third of the time of asking three times: most of it goes into reading the types.
  beforeAll(() => {
    const rendered = [OLD, NEW].flatMap((version) => valueSets.flatMap((name) => render(name, version)));
    errors = schemaErrors([good, ...bad.map(([manifest]) => manifest), ...rendered]);
  }, 60_000);

  it.each(bad)('are not met by %j', (manifest, expected) => {
    expect(errors.filter((error) => error.startsWith(`${idOf(manifest)}:`)).join('\n')).toMatch(expected);
  });

  it('are met by the chart with all value sets, for the oldest Kubernetes and a new one', () => {
    const expected = bad.map(([manifest]) => `${idOf(manifest)}:`);
    expect(errors.filter((error) => !expected.some((id) => error.startsWith(id)))).toEqual([]);
  });

  it('do not let an unknown kind pass', () => {
    expect(schemaErrors([{ ...good, kind: 'Servise' }])).toEqual(['Servise/good: no kind Servise in v1']);
  });
});
