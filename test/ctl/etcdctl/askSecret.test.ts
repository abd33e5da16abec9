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
  ['an interrupt', 'ab\x03', 'interrupted'],
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
