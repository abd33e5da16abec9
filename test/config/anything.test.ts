import fc from 'fast-check';
import { stringify } from 'yaml';
import { loadConfiguration } from '../../src/config/load';
import type { Outcome } from '../../src/config/load';
import { flagNames, variableNames } from '../../src/config/options';
import { samples } from './samples';
import { build, readerOf } from './support';

/** Whatever comes in: an outcome comes out, and what is said is one line. */
function expectOrderly(outcome: Outcome): void {
  const lines = outcome.kind === 'error' ? [outcome.message] : outcome.kind === 'run' ? outcome.warnings : [];
  for (const line of lines) expect(line).toMatch(/^[^\n\r\u2028\u2029]+$/);
}

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-composite' }));
const value = fc.oneof(
  anyText,
  fc.integer().map(String),
  fc.webUrl(),
  fc.constantFrom(...Object.values(samples).map(({ text }) => text), 'true', 'false', '', ':', 'a=b,c=d', '10.0.0.1:1'),
);
const flag = fc.oneof(
  anyText,
  fc
    .tuple(fc.constantFrom('-', '--'), fc.constantFrom(...flagNames), value)
    .map(([dash, name, text]) => `${dash}${name}=${text}`),
  fc.constantFrom(...flagNames).map((name) => `--${name}`),
  value,
);
const argv = fc.array(flag, { maxLength: 6 });
const environment = fc.dictionary(
  fc.oneof(
    anyText,
    fc.constantFrom(...variableNames),
    anyText.map((text) => `ETCD_${text}`),
  ),
  value,
  { maxKeys: 5 },
);
const key = fc.oneof(fc.constantFrom(...flagNames, 'client-transport-security', 'peer-transport-security'), anyText);
const yaml = fc.oneof(
  anyText,
  fc.dictionary(key, fc.oneof(value, fc.jsonValue()), { maxKeys: 5 }).map((settings) => stringify(settings)),
  fc
    .array(fc.tuple(key, value), { maxLength: 4 })
    .map((lines) => lines.map(([name, text]) => `${name}: ${text}`).join('\n')),
);

describe('loadConfiguration', () => {
  it('never throws and never says more than a line', () => {
    fc.assert(
      fc.property(argv, environment, yaml, fc.boolean(), (words, variables, text, withFile) => {
        const flags = withFile ? ['--config-file=/c.yaml', ...words] : words;
        expectOrderly(loadConfiguration(flags, variables, readerOf({ '/c.yaml': text }), build));
      }),
      { numRuns: 600 },
    );
  });

  it('reports what reading the file throws, even if that is no error', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const read = (): string => {
          throw thrown;
        };
        const outcome = loadConfiguration(['--config-file=x'], {}, read, build);
        expect(outcome.kind).toBe('error');
        expectOrderly(outcome);
      }),
    );
  });
});
