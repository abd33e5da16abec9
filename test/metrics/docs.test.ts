import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateMetricsDocs } from '../../src/metrics/docs';
import { families } from '../../src/metrics/table';

describe('docs/metrics.md', () => {
  it('is what scripts/metrics-docs.js writes', async () => {
    const committed = readFileSync(join(__dirname, '..', '..', 'docs', 'metrics.md'), 'utf8');
    expect(committed).toBe(await generateMetricsDocs());
  });

  it('has a row for every metric', async () => {
    const documentation = await generateMetricsDocs();
    for (const { name } of families.flatMap(({ rows }) => rows)) expect(documentation).toContain(`| \`${name}\` |`);
  });
});
