/** Forty values of 10 MB at once: what there is no room for waits or is refused, and the member goes on. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { call, closeConnections } from '../cluster/httpClient';
import { FORM } from '../support/request';
import { ServerProcess, whyMissing } from '../support/serverProcess';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;

const MEBIBYTE = 1024 * 1024;
const BODIES = 40;
const BODY = Buffer.from(`value=${'x'.repeat(9.9 * MEBIBYTE)}`);
/**
 * In memory at most. With room for every body it was 1.8 to 2.1 times all of them; with the budget it is 0.4 to 0.9 times, and 1.2 where
 * the machine is so busy that collecting garbage comes late.
 */
const MEMORY_BYTES_MAX = 1.4 * BODIES * BODY.length;
const LONG_MS = 120_000;

/** What became of one: its status, or `cut` where the connection ended without one. */
interface Outcome {
  readonly status: number | 'cut';
  readonly retryAfter: string | undefined;
}

suite.each([
  ['the heap that the machine gives', ''],
  ['a heap of 256 MB', '--max-old-space-size=256'],
])('a member with %s', (_, options) => {
  let member: ServerProcess;

  beforeAll(async () => {
    member = await ServerProcess.start('cairn', { environment: { NODE_OPTIONS: options } });
  });

  afterAll(async () => {
    closeConnections();
    await member.remove();
  });

  function put(key: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const headers = { 'Content-Type': FORM, 'Content-Length': BODY.length };
      const target = { host: '127.0.0.1', port: member.clientPort, method: 'PUT', path: `/v2/keys/${key}` };
      const request = httpRequest({ ...target, headers, agent: false }, (response) => {
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
        response.resume();
      });
      // A body that is refused is not read to its end: what was answered before counts.
      request.on('error', () => resolve({ status: 'cut', retryAfter: undefined }));
      request.end(BODY);
    });
  }

  /** The most that the process ever had in memory. */
  function mostBytes(): number {
    const status = readFileSync(`/proc/${member.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  test(
    'takes some, refuses the rest with 503, and has bounded memory',
    async () => {
      const outcomes = await Promise.all(Array.from({ length: BODIES }, (__, at) => put(`large${at}`)));
      // 500: its time was up, on a machine that is busy with others.
      expect(outcomes.filter(({ status }) => ![201, 500, 503, 507, 'cut'].includes(status))).toEqual([]);
      expect(outcomes.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
      const refused = outcomes.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.filter(({ retryAfter }) => retryAfter === undefined)).toEqual([]);
      expect(mostBytes()).toBeLessThan(MEMORY_BYTES_MAX);
      expect(member.isRunning()).toBe(true);
      const small = { method: 'PUT', target: '/v2/keys/small', form: { value: 'x' } };
      expect((await call(member.clientPort, small, LONG_MS)).status).toBe(201);
      expect((await call(member.clientPort, { method: 'GET', target: '/health' }, LONG_MS)).status).toBe(200);
    },
    LONG_MS,
  );
});
