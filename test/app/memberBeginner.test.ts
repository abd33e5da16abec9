/** How the options of a member without data decide whom it asks, and whether it may begin without an answer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MemberBeginner, namesOthers } from '../../src/app/memberBeginner';
import { Witness } from '../../src/discovery/witness';
import { dialTcp } from '../../src/platform/dial';
import { FakeNotes, FakeWitnessNotes } from '../discovery/joiner';
import { configurationOf } from '../config/support';

const NOBODY = 'http://127.0.0.1:1';
let directory: string;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'beginner-'));
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each([
  [[], false],
  [['--initial-cluster=default=http://localhost:2380,default=http://localhost:7001'], false],
  [
    [
      '--initial-cluster=default=http://localhost:2380,b=http://b:2380',
      '--initial-advertise-peer-urls=http://localhost:2380',
    ],
    true,
  ],
  [['--join-urls=http://b:2380'], true],
  [['--peers=b:2380'], true],
  [['--peers-file=/etc/peers'], true],
  [['--discovery=http://d/t'], true],
  [['--discovery-srv=example.com'], true],
])('%j: others are named: %s', (flags, expected) => {
  expect(namesOthers(configurationOf({ argv: flags }))).toBe(expected);
});

function begin(flags: readonly string[], signal: AbortSignal) {
  const configuration = configurationOf({ argv: [`--data-dir=${directory}`, `--join-urls=${NOBODY}`, ...flags] });
  const log = (_fields: object, text: string): void => void lines.push(text);
  const logger = { info: log, warn: log } as unknown as Logger;
  const dials = { peer: dialTcp, client: dialTcp, proxied: dialTcp, discovery: dialTcp };
  const witness = new Witness(new FakeWitnessNotes(), () => Promise.reject(new Error('refused')));
  return new MemberBeginner(configuration, new FakeNotes(), witness, dials, logger, signal).begin(undefined);
}

test('where nobody answers at --join-urls a member begins by its other options', async () => {
  expect(await begin([], new AbortController().signal)).toMatchObject({ kind: 'found' });
});

test('of a cluster that exists, and whose members only --join-urls names, it waits for one', async () => {
  const stop = new AbortController();
  const begun = begin(['--initial-cluster-state=existing'], stop.signal);
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(lines).toEqual([`none of ${NOBODY} answers; waiting for one of them`]);
  stop.abort(new Error('stopped'));
  await expect(begun).rejects.toThrow('stopped');
});
