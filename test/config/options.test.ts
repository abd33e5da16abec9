import {
  activeRows,
  allOptions,
  findFlag,
  findVariable,
  flagNames,
  variableNames,
  variableOf,
} from '../../src/config/options';
import { parseValue } from '../../src/config/values';

const spellings = allOptions.flatMap(({ option }) => option.spellings ?? []);

describe('the table of options', () => {
  it('gives every name and every older spelling to one option', () => {
    expect(flagNames).toHaveLength(allOptions.length + spellings.length);
  });

  it('gives every variable to one option', () => {
    const canonical = allOptions.filter((row) => variableOf(row) !== undefined);
    expect(variableNames).toHaveLength(canonical.length + spellings.filter(({ env }) => env !== undefined).length);
  });

  it('derives variables as etcd 2.x does', () => {
    expect(findVariable('ETCD_INITIAL_CLUSTER_STATE')?.name).toBe('initial-cluster-state');
    expect(findVariable('ETCD_SNAPSHOTCOUNT')?.name).toBe('snapshot-count');
    expect(findVariable('ETCD_VERSION')).toBeUndefined();
    expect(findFlag('snapshotCount')?.name).toBe('snapshot-count');
    expect(findFlag('toString')).toBeUndefined();
  });

  it.each(activeRows.map(({ name, option }) => [name, option] as const))(
    'describes %s in whole sentences',
    (_, option) => {
      expect(option.help).toMatch(/^[A-Z][^\n|]*\.$/);
    },
  );

  it.each(activeRows.map(({ name, option }) => [name, option] as const))('has a usable default for %s', (_, option) => {
    if (typeof option.default === 'string' && option.kind.type !== 'cluster') {
      expect(parseValue(option.kind, option.default)).toMatchObject({ ok: true });
    } else {
      expect(typeof option.default === 'string' ? '' : option.default.shown).not.toBe('');
    }
  });

  it('gives a reason for everything it ignores or refuses, as the end of a sentence', () => {
    for (const { option } of allOptions) {
      if (option.status === 'ignored' || option.status === 'unavailable') expect(option.because).toMatch(/^\S.*[^.]$/);
    }
  });
});
