import { CommandArguments, UsageError } from '../../../src/ctl/arguments';
import { mirrorOptions, type MirrorOptions } from '../../../src/ctl/mirror/options';

const options = (...args: readonly string[]): MirrorOptions =>
  mirrorOptions(new CommandArguments('mirror', ['/app', '--to', '/config', ...args]));

test('what is asked for if nothing is said', () => {
  expect(options()).toEqual({
    settings: {
      ...{ directory: '/config', prefix: '/app', form: { format: 'files' }, modes: { file: 0o644, directory: 0o755 } },
      ...{ limits: { keysMax: 10_000, bytesMax: 16_777_216 }, missing: 'keep', resyncMs: 60_000 },
      debounce: { quietMs: 200, longestMs: 2000 },
    },
    ...{
      hook: undefined,
      readyFile: undefined,
      metricsAddress: undefined,
      requireFresh: false,
      onceWithinMs: undefined,
    },
  });
});

test.each<[readonly string[], object]>([
  [
    ['--exec', "nginx -s 're load'"],
    { hook: { kind: 'command', words: ['nginx', '-s', 're load'], timeoutMs: 60_000 } },
  ],
  [
    ['--exec', 'a | b', '--exec-shell'],
    { hook: { kind: 'command', words: ['/bin/sh', '-c', 'a | b'], timeoutMs: 60_000 } },
  ],
  [['--signal', 'hup', '--pid-file', '/p'], { hook: { kind: 'signal', signal: 'SIGHUP', pidFile: '/p' } }],
  [['--metrics-listen', '[::1]:9380'], { metricsAddress: { scheme: 'http', host: '::1', port: 9380 } }],
  [['--once', '--timeout', '5', '--require-fresh'], { onceWithinMs: 5000, requireFresh: true }],
])('%j', (args, expected) => {
  expect(options(...args)).toMatchObject(expected);
});

test.each<[string, string]>([
  ['app', '/app'],
  ['//app//x/', '/app/x'],
  ['/', '/'],
])('the prefix %j is %j', (given, prefix) => {
  expect(mirrorOptions(new CommandArguments('mirror', [given, '--to', 'd'])).settings.prefix).toBe(prefix);
});

test.each<[readonly string[], RegExp]>([
  [['--format', 'toml'], /--format "toml": give one of files, env, json, yaml, properties/],
  [['--file', 'x'], /--file names the one file of --format env/],
  [['--format', 'json', '--file', 'a/b'], /--file has to be a name without slashes/],
  [['--format', 'json', '--file', '..data'], /does not begin with two dots/],
  [['--format', 'json', '--name-prefix', 'A_'], /--name-prefix is for --format env only/],
  [['--format', 'env', '--name-prefix', '1'], /--name-prefix has to be a letter/],
  [['--mode', '4755'], /--mode "4755": give three octal digits, of which the first has 4/],
  [['--mode', '044'], /--mode "044"/],
  [['--directory-mode', '555'], /--directory-mode "555".*has 7/],
  [['--missing', 'x'], /--missing "x": give one of keep, empty/],
  [['--debounce', '500', '--longest-wait', '499'], /--longest-wait is less than --debounce/],
  [['--exec', "'x"], /--exec has a quote that is not closed/],
  [['--exec', '  '], /--exec is missing/],
  [['--exec', 'x', '--signal', 'HUP'], /give one of them/],
  [['--exec-shell'], /--exec is missing/],
  [['--signal', 'HUP'], /--pid-file is missing/],
  [['--pid-file', '/p'], /--signal is missing/],
  [['--signal', 'WINDOW', '--pid-file', '/p'], /is no signal here/],
  [['--metrics-listen', '9380'], /write it as HOST:PORT/],
])('%j is refused', (args, message) => {
  expect(() => options(...args)).toThrow(UsageError);
  expect(() => options(...args)).toThrow(message);
});

test('a prefix that leads elsewhere is refused', () => {
  const read = () => mirrorOptions(new CommandArguments('mirror', ['/app/../x', '--to', 'd']));
  expect(read).toThrow(/PREFIX "\/app\/\.\.\/x" has \. or \.\. in it/);
});
