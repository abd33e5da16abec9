'use strict';

// What watching a request for the metrics costs: the key routes answer the same local reads with and without the recorders
// of /metrics, in turns, without sockets. Compare it with what a whole request costs (docs/performance.md, CPU of GET).
//
//   npm run build && node bench/observer-cost.js

const { NO_OBSERVER } = require('../dist/api/observer.js');
const { KeysHandler } = require('../dist/api/v2/keys/keysHandler.js');
const { Machine } = require('../dist/machine/machine.js');
const { Recorders } = require('../dist/metrics/recorders.js');

const ROUNDS = 41;
const REQUESTS = 50_000;
const NANOSECONDS = 1e6;

const KEY = '/bench/k1';

/** A member that answers reads from a real state machine. */
function memberWithOneKey() {
  const { keySpace } = new Machine(1000);
  keySpace.apply({ type: 'set', path: KEY, value: 'x'.repeat(64), nowMs: Date.now() });
  return {
    clusterId: 'cdf818194e3a8c32',
    get: (path, { recursive, sorted }) => keySpace.get(path, recursive, sorted, Date.now()),
    indexes: () => ({ etcdIndex: keySpace.index, raftIndex: 7, raftTerm: 2 }),
  };
}

function handlerWith(observer, member) {
  return new KeysHandler({
    member,
    observer,
    maxRequestBytes: 1 << 20,
    now: Date.now,
    openWatches: undefined,
    onUnexpected: (error) => {
      throw error;
    },
  });
}

class Response {
  answered = 0;

  writeHead(status) {
    if (status !== 200) throw new Error(`a read was answered with ${status}`);
  }

  end(body) {
    if (!body.includes(KEY)) throw new Error(`unexpected answer: ${body}`);
    this.answered += 1;
  }
}

/** Nanoseconds a request. */
function timed(handler) {
  const response = new Response();
  const request = { method: 'GET' };
  const startedMs = performance.now();
  for (let count = 0; count < REQUESTS; count += 1) handler.handle(request, response, KEY, '');
  const elapsedMs = performance.now() - startedMs;
  if (response.answered !== REQUESTS) throw new Error('not every request was answered');
  return (elapsedMs * NANOSECONDS) / REQUESTS;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const member = memberWithOneKey();
const recorders = new Recorders(() => performance.now());
const handlers = [handlerWith(NO_OBSERVER, member), handlerWith(recorders, member)];
const [unwatched, watched] = [[], []];
for (let round = -3; round < ROUNDS; round += 1) {
  const order = round % 2 === 0 ? [0, 1] : [1, 0];
  const took = [];
  for (const which of order) took[which] = timed(handlers[which]);
  if (round < 0) continue;
  unwatched.push(took[0]);
  watched.push(took[1]);
}
const differences = watched.map((nanoseconds, round) => nanoseconds - unwatched[round]);
process.stdout.write(
  `a local read in the key routes, without sockets: ${median(unwatched).toFixed(0)} ns unwatched, ` +
    `${median(watched).toFixed(0)} ns watched; difference ${median(differences).toFixed(0)} ns ` +
    `(medians of ${ROUNDS} rounds of ${REQUESTS} in turns)\n`,
);
