import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { callHelm, CHART, describeWithHelm, readRoot } from './chart';

interface Refusal {
  readonly values: object;
  readonly says: string;
}

const refusals = parse(readRoot('test/helm/refused.yaml')) as readonly Refusal[];

describeWithHelm('values that are refused', () => {
  const directory = mkdtempSync(join(tmpdir(), 'helm-refused-'));
  const file = join(directory, 'values.yaml');
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(refusals.map(({ values, says }) => [JSON.stringify(values), says]))('%s', (values, says) => {
    writeFileSync(file, values);
    const { ok, stderr } = callHelm(['template', 'rel', CHART, '--values', file]);
    expect(ok).toBe(false);
    expect(stderr).toMatch(new RegExp(says));
  });
});
