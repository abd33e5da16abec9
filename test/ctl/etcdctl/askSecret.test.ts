import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { askSecret } from '../../../src/ctl/etcdctl/askSecret';
import { Collector } from './inProcess';

class Keyboard extends PassThrough {
  readonly isTTY = true;
  readonly log: string[] = [];

  setRawMode(isRaw: boolean): void {
    this.log.push(isRaw ? 'quiet' : 'loud');
  }
}

function asked(): { readonly keyboard: Keyboard; readonly screen: Collector; readonly secret: Promise<string> } {
  const [keyboard, screen] = [new Keyboard(), new Collector()];
  screen.on('piece', () => keyboard.log.push(screen.text()));
  return { keyboard, screen, secret: askSecret(keyboard, screen, 'Password: ') };
}

it('shows nothing of what is typed, from before the question on', async () => {
  const { keyboard, secret } = asked();
  keyboard.write('ab\x7fcä');
  keyboard.write('\r');
  expect(await secret).toBe('acä');
  expect(keyboard.log).toEqual(['quiet', 'Password: ', 'loud', 'Password: \n']);
});

it('takes a whole character away', async () => {
  const { keyboard, secret } = asked();
  keyboard.write('a\u{1f600}\x7f\r');
  expect(await secret).toBe('a');
});

it.each([
  ['Ctrl-U', 'wrong one\x15right\r', 'right'],
  ['Ctrl-W', 'one two  \x17three\r', 'one three'],
  ['Ctrl-W at the only word', 'one\x17\x17two\r', 'two'],
  ['Ctrl-Z, Tab, Escape and others', 'a\x1ab\tc\x1bd\x01\x00e\r', 'abcde'],
  ['keys that move', 'a\x1b[Ab\x1b[1;5Cc\x1bOHd\x1b[3~\r', 'abcd'],
  ['what is put around a paste', '\x1b[200~ab\x1b[201~\r', 'ab'],
])('%s is no part of it', async (_, typed, expected) => {
  const { keyboard, secret } = asked();
  keyboard.write(typed);
  expect(await secret).toBe(expected);
});

it.each(['nn\rmm\r', 'nn\nmm\n', 'nn\r\nmm\r\n'])(
  'what stands behind the first line is for the next question: %j',
  async (typed) => {
    const { keyboard, screen, secret } = asked();
    keyboard.write(typed);
    expect(await secret).toBe('nn');
    expect(await askSecret(keyboard, screen, 'Once more: ')).toBe('mm');
    expect(screen.text()).toBe('Password: \nOnce more: \n');
  },
);

it('a script hands two over, and is told when there is no third', async () => {
  const [input, screen] = [new PassThrough(), new Collector()];
  input.end('one\ntwo\n');
  expect(await askSecret(input, screen, '')).toBe('one');
  expect(await askSecret(input, screen, '')).toBe('two');
  input.resume();
  if (!input.readableEnded) await once(input, 'end');
  await expect(askSecret(input, screen, '')).rejects.toThrow('the standard input has ended');
});

it.each([
  ['an interrupt', 'ab\x03', 'interrupted'],
  ['Ctrl-\\', 'ab\x1c', 'interrupted'],
  ['more than anybody types', 'x'.repeat(70_000), 'it is longer than 65536 bytes'],
])('%s', async (_, typed, message) => {
  const { keyboard, secret } = asked();
  keyboard.write(typed);
  await expect(secret).rejects.toThrow(message);
  expect(keyboard.log).toContain('loud');
});

it('takes the first line of what is no terminal, without a word', async () => {
  const [input, screen] = [new PassThrough(), new Collector()];
  const secret = askSecret(input, screen, 'Password: ');
  input.end('of a script\x7f\nand more\n');
  expect([await secret, screen.text()]).toEqual(['of a script\x7f', '']);
});

it('takes what there is at its end', async () => {
  const [input, screen] = [new PassThrough(), new Collector()];
  const secret = askSecret(input, screen, 'Password: ');
  input.end('no end of line');
  expect(await secret).toBe('no end of line');
});
