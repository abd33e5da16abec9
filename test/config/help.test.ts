import { helpText } from '../../src/config/help';
import { allOptions, variableNames } from '../../src/config/options';

describe('--help', () => {
  const text = helpText();

  it('fits 100 columns and has no blanks at the ends of lines', () => {
    for (const line of text.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).toBe(line.trimEnd());
    }
  });

  it.each(allOptions.map(({ name }) => name))('names --%s', (name) => {
    expect(text).toMatch(new RegExp(`^ .*--${name}(?![-\\w])`, 'm'));
  });

  it('names the variable of every option that has an effect', () => {
    const shown = new Set(text.match(/ETCD_[A-Z_]+/g));
    expect([...shown].filter((variable) => !variableNames.includes(variable))).toEqual([]);
    const active = allOptions.filter(({ option }) => option.status === 'active').length;
    expect(shown.size).toBe(active + 1);
  });

  it('shows defaults with their units', () => {
    expect(text).toContain(
      '  --heartbeat-interval MILLISECONDS\n' +
        '      Time between two signs of life of the leader. About the round trip between the members.\n' +
        '      Default: 100 ms. Variable: ETCD_HEARTBEAT_INTERVAL.\n',
    );
    expect(text).toContain('Default: <name>.etcd. Variable: ETCD_DATA_DIR.\n      Older names: -d.\n');
  });

  it('has the groups in order', () => {
    const heads = text.split('\n').filter((line) => /^[A-Z][\w ]*:$/.test(line));
    expect(heads).toEqual([
      'Member:',
      'Clustering:',
      'Discovery:',
      'Discovery service:',
      'Proxy:',
      'Client requests:',
      'Security:',
      'Metrics:',
      'Logging:',
      'Commands:',
      'Instead of running:',
      'Exit codes:',
    ]);
  });
});
