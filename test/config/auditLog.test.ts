/** The audit log is not among the data: it would be moved aside with them, and a standby or proxy would find files of others. */
import { loadConfiguration } from '../../src/config/load';

const BUILD = { version: '1.2.3', commit: 'abc', nodeVersion: 'v20.0.0', platform: 'linux/x64' };

function outcomeOf(dataDir: string, auditLog: string) {
  return loadConfiguration([`--data-dir=${dataDir}`, `--audit-log=${auditLog}`], {}, () => '', BUILD);
}

test.each([
  ['/data', '/data/audit.log'],
  ['/data/', '/data/logs/audit.log'],
  ['data', './data/audit.log'],
  ['/data', '/other/../data/..audit'],
  ['/data', '/data'],
])('with the data in %s it is not taken in %s', (dataDir, auditLog) => {
  expect(outcomeOf(dataDir, auditLog)).toMatchObject({
    kind: 'error',
    message: expect.stringMatching(
      /^--audit-log is in the data directory \(\/?data\/?\), .*; give a path beside it$/,
    ) as unknown,
  });
});

test.each([
  ['/data', '/data.audit/log'],
  ['/data/member', '/data/audit.log'],
  ['/data', '-'],
  ['/data', ''],
])('with the data in %s it is taken in %s', (dataDir, auditLog) => {
  expect(outcomeOf(dataDir, auditLog)).toMatchObject({ kind: 'run' });
});
