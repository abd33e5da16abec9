import { Progress } from '../../../src/ctl/snapshot/progress';

function screen(isTTY: boolean): { readonly isTTY: boolean; readonly written: string[]; write(text: string): void } {
  const written: string[] = [];
  return { isTTY, written, write: (text) => void written.push(text) };
}

test('a line at a terminal, ten times a second at most, that goes away', () => {
  let nowMs = 0;
  const terminal = screen(true);
  const progress = new Progress('saving', terminal, () => nowMs);
  for (let done = 0; done <= 100; done += 1) {
    progress.show(done, 100);
    nowMs += 10;
  }
  progress.end();
  expect(terminal.written).toHaveLength(12);
  expect(terminal.written[5]).toContain(`saving [${'#'.repeat(15)}${'.'.repeat(15)}] 50 of about 100 keys`);
  expect(terminal.written.at(-1)).toBe('\r\x1b[K');
});

test('more than was thought, and none, are shown too', () => {
  const terminal = screen(true);
  new Progress('saving', terminal, () => 0).show(7, 0);
  new Progress('saving', terminal, () => 0).show(7, 5);
  expect(terminal.written[1]).toContain('#'.repeat(30));
});

test('nothing elsewhere', () => {
  const pipe = screen(false);
  const progress = new Progress('saving', pipe);
  progress.show(1, 2);
  progress.end();
  expect(pipe.written).toEqual([]);
});
