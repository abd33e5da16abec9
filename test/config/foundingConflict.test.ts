/** An --initial-cluster that does not fit the member matters only to one that has no data. */
import { loadConfiguration } from '../../src/config/load';

const BUILD = { version: '1.2.3', commit: 'abc', nodeVersion: 'v20.0.0', platform: 'linux/x64' };

function conflictOf(...argv: string[]): string | undefined {
  const outcome = loadConfiguration(argv, {}, () => '', BUILD);
  if (outcome.kind !== 'run') throw new Error(JSON.stringify(outcome));
  return outcome.configuration.foundingConflict;
}

it('is said, and does not stop the program by itself', () => {
  expect(conflictOf('--initial-cluster=a=http://a:1,b=http://b:1')).toBe(
    '--initial-cluster: there is no entry for this member\'s name "default", only for "a", "b"; add it as NAME=URL or correct --name',
  );
  expect(conflictOf('--initial-cluster=default=http://a:1')).toBe(
    '--initial-cluster: the URLs of this member "default" are http://a:1, but --initial-advertise-peer-urls is ' +
      'http://localhost:2380,http://localhost:7001; make the two the same',
  );
});

it('is not there when the two fit, nor for a proxy', () => {
  expect(conflictOf()).toBeUndefined();
  expect(
    conflictOf('--initial-advertise-peer-urls=http://a:1', '--initial-cluster=default=http://a:1'),
  ).toBeUndefined();
  expect(conflictOf('--proxy=on', '--initial-cluster=a=http://a:1')).toBeUndefined();
});

it('is an error where the configuration is only printed', () => {
  const outcome = loadConfiguration(['--print-config', '--initial-cluster=a=http://a:1'], {}, () => '', BUILD);
  expect(outcome).toMatchObject({ kind: 'error' });
});
