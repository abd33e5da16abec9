/** What --help prints on terminals of several widths. */
import { join } from 'node:path';
import { ROOT } from './place';
import { PseudoTerminal, quoted, whyNoTerminal } from './pseudoTerminal';

(whyNoTerminal() === undefined ? describe : describe.skip)('--help on a terminal', () => {
  async function shown(line: string, columns: number): Promise<readonly string[]> {
    const [program = '', ...words] = line.split(' ');
    const command = [process.execPath, join(ROOT, `dist/${program}.js`), ...words].map(quoted).join(' ');
    const terminal = new PseudoTerminal(`exec ${command}`, { cwd: ROOT, columns });
    expect(await terminal.exited).toBe(0);
    return terminal.plainScreen.split('\n');
  }

  /** One word, or an option with what stands for its value: these stay on one line. */
  const isName = (line: string): boolean => /^ *(?:--?\S+ )?\S+$/.test(line);

  test.each([
    'cairn --help',
    'cairn discovery --help',
    'cairn snapshot --help',
    'cairnctl --help',
    'cairnctl top --help',
  ])('%s', async (line) => {
    const longest = (lines: readonly string[]): number =>
      Math.max(...lines.filter((each) => !isName(each)).map(({ length }) => length));
    const [narrow, wide, tiny] = [await shown(line, 64), await shown(line, 300), await shown(line, 5)];
    expect(longest(narrow)).toBeLessThanOrEqual(64);
    expect(longest(wide)).toBeLessThanOrEqual(100);
    expect(longest(wide)).toBeGreaterThan(64);
    // Narrower than forty it would be one word below the other.
    expect(tiny.length).toBeLessThan(narrow.length * 3);
  });
});
