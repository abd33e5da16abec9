import { HEADER } from '../../snapshot/support/sampleFile';
import { Progress } from '../../../src/ctl/snapshot/progress';

function screen(isTTY: boolean): { readonly isTTY: boolean; readonly written: string[]; write(text: string): void } {
  const written: string[] = [];
  return { isTTY, written, write: (text) => void written.push(text) };
}

test('a line at a terminal, ten times a second at most, that goes away', () => {
  let nowMs = 0;
  const terminal = screen(true);
  const progress = new Progress('saving', terminal, () => nowMs);
  progress.header({ ...HEADER, keysAbout: 100 });
  for (let done = 0; done <= 100; done += 1) {
    progress.progress(done);
    nowMs += 10;
  }
  progress.end();
  expect(terminal.written).toHaveLength(12);
  expect(terminal.written[5]).toContain(`saving [${'#'.repeat(15)}${'.'.repeat(15)}] 50 of about 100 keys`);
  expect(terminal.written.at(-1)).toBe('\r\x1b[K');
});

test('more than was thought, and none, are shown too', () => {
  const terminal = screen(true);
  for (const keysAbout of [0, 5]) {
    const progress = new Progress('saving', terminal, () => 0);
    progress.header({ ...HEADER, keysAbout });
    progress.progress(7);
  }
  expect(terminal.written[1]).toContain('#'.repeat(30));
});

test('nothing elsewhere', () => {
  const pipe = screen(false);
  const progress = new Progress('saving', pipe);
  progress.progress(1);
  progress.end();
  expect(pipe.written).toEqual([]);
});
