import { SeededRandom } from './random';
import type { Body, Parameter, Step } from './step';

/** Few keys, so that requests meet: files, directories, files used as directories, hidden ones, names that begin alike. */
const PATHS = [
  ...['/a', '/a', '/b', '/d', '/d', '/d/a', '/d/b', '/d/e', '/d/e/c', '/dx', '/a/below', '/q', '/deep/er/key'],
  ...['/_h', '/_h/x', '/d/_h', '/d/_h/y', '/.dot', '/%C3%A9', '/%FFz', '/a%20b', '/a+b', '/%3Cx%26', ''],
];
const VALUES = [
  'one',
  'one',
  'two',
  'two',
  'three',
  '',
  '%C3%BCber',
  '%FF%FE',
  '%3Ca%26b%3E',
  'a+b%2Bc',
  '%0A%00',
  '%E2%80%A8',
];
const BAD: readonly Parameter[] = [
  ['dir', 'yes'],
  ['recursive', ''],
  ['sorted', '2'],
  ['wait', 'x'],
  ['quorum', ''],
  ['prevExist', 'perhaps'],
  ['refresh', 'no'],
  ['prevIndex', '-1'],
  ['prevIndex', ''],
  ['prevIndex', '1.5'],
  ['waitIndex', 'abc'],
  ['waitIndex', '18446744073709551616'],
  ['ttl', 'abc'],
  ['ttl', '-5'],
  ['ttl', '+5'],
  ['prevValue', ''],
  ['value', '%zz'],
  ['value', 'a;b'],
  ['noValueOnSuccess', 'on'],
];

type Draw = (random: SeededRandom, position: number) => Step;

const DRAWS: readonly (readonly [weight: number, draw: Draw])[] = [
  [24, (random, position) => put(random, position, [value(random), ...maybe(random, 25, ttl(random))])],
  [8, (random, position) => put(random, position, [['dir', 'true'], ...maybe(random, 30, ttl(random))])],
  [
    7,
    (random, position) =>
      put(random, position, [value(random), ['prevExist', 'false'], ...maybe(random, 20, flag(random, 'dir'))]),
  ],
  [
    9,
    (random, position) =>
      put(random, position, [
        ['prevExist', 'true'],
        ...maybe(random, 70, value(random)),
        ...maybe(random, 40, ttl(random)),
      ]),
  ],
  [
    12,
    (random, position) =>
      put(random, position, [value(random), ...condition(random, position), ...maybe(random, 20, ttl(random))]),
  ],
  [
    7,
    (random, position) =>
      put(random, position, [...refresh(random), ...maybe(random, 30, ...condition(random, position))]),
  ],
  [6, (random, position) => post(random, position)],
  [7, (random, position) => remove(random, position, maybe(random, 20, ['prevExist', 'true']))],
  [8, (random, position) => remove(random, position, [flag(random, random.pick(['dir', 'recursive']))])],
  [
    6,
    (random, position) =>
      remove(random, position, [...condition(random, position), ...maybe(random, 20, ['dir', 'true'])]),
  ],
  [14, (random, position) => read(random, position)],
  [3, (random, position) => ({ ...read(random, position), method: 'HEAD' })],
  [8, (random, position) => watch(random, position)],
  [6, (random, position) => bad(random, position)],
  [2, (random, position) => ({ ...read(random, position), method: random.pick(['PATCH', 'OPTIONS', 'TRACE']) })],
  [2, (random, position) => multipart(random, position)],
  [2, (random, position) => otherBody(random, position)],
  [2, (random) => ({ ...plain(random.pick(['PUT', 'DELETE', 'GET']), random.pick(['', '/'])), atRoot: true })],
];

/** The sequence of a seed. */
export function generateSteps(seed: number, count: number): Step[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, position) => random.weighted(DRAWS)(random, position));
}

function plain(method: string, path: string): Step {
  return { method, path, atRoot: false, query: [], body: { kind: 'none' } };
}

function put(random: SeededRandom, position: number, parameters: readonly Parameter[]): Step {
  const quiet = maybe(random, 8, ['noValueOnSuccess', 'true']);
  return { ...plain('PUT', path(random, position)), ...spread(random, [...parameters, ...quiet]) };
}

function post(random: SeededRandom, position: number): Step {
  const parameters = [value(random), ...maybe(random, 20, ttl(random)), ...maybe(random, 15, ['dir', 'true'])];
  return { ...plain('POST', random.chance(60) ? '/q' : path(random, position)), ...spread(random, parameters) };
}

function remove(random: SeededRandom, position: number, query: readonly Parameter[]): Step {
  return { ...plain('DELETE', path(random, position)), query };
}

function read(random: SeededRandom, position: number): Step {
  const query = ['recursive', 'sorted', 'quorum', 'consistent', 'dir'].flatMap((name) =>
    maybe(random, 25, flag(random, name)),
  );
  return { ...plain('GET', path(random, position)), query };
}

/** A watch from an index that is mostly past; it may well stay open. */
function watch(random: SeededRandom, position: number): Step {
  const waitIndex = random.weighted<string>([
    [8, `<i+${random.below(position + 2)}>`],
    [1, '0'],
    [1, '1'],
  ]);
  const flags = [...maybe(random, 40, flag(random, 'recursive')), ...maybe(random, 15, ['stream', 'true'])];
  const query: Parameter[] = [
    ['wait', 'true'],
    ['waitIndex', waitIndex],
    ...flags,
    ...maybe(random, 5, ['quorum', 'true']),
  ];
  return { ...plain('GET', path(random, position)), query };
}

function bad(random: SeededRandom, position: number): Step {
  const method = random.pick(['GET', 'PUT', 'PUT', 'POST', 'DELETE']);
  const parameters = [random.pick(BAD), ...maybe(random, 30, random.pick(BAD)), ...maybe(random, 50, value(random))];
  const step = plain(method, path(random, position));
  return method === 'PUT' || method === 'POST'
    ? { ...step, ...spread(random, parameters) }
    : { ...step, query: parameters };
}

function multipart(random: SeededRandom, position: number): Step {
  const fields: Parameter[] = [['value', random.pick(['one', 'two', ''])], ...maybe(random, 40, ['prevExist', 'true'])];
  return { ...plain('PUT', path(random, position)), body: { kind: 'multipart', fields } };
}

function otherBody(random: SeededRandom, position: number): Step {
  const contentType = random.pick(['application/json', 'text/plain', 'application/octet-stream', '', 'a/b/c']);
  return { ...plain('PUT', path(random, position)), body: { kind: 'text', contentType, text: 'value=one' } };
}

/** Parameters in the query, in the form, or here and there, where the form's come first. */
function spread(random: SeededRandom, parameters: readonly Parameter[]): { query: Parameter[]; body: Body } {
  const query: Parameter[] = [];
  const fields: Parameter[] = [];
  for (const parameter of parameters) {
    if (random.chance(35)) query.push(parameter);
    else fields.push(parameter);
    if (random.chance(3)) fields.push(parameter);
  }
  return { query, body: fields.length === 0 && random.chance(50) ? { kind: 'none' } : { kind: 'form', fields } };
}

function path(random: SeededRandom, position: number): string {
  const clean = random.chance(5) ? `/q/<n+${random.below(position + 2)}>` : random.pick(PATHS);
  return random.weighted<string>([
    [88, clean],
    [4, `${clean}/`],
    [3, clean.replace(/(?<=.)\//, '%2F')],
    [2, `/${clean}`],
    [1, `/.${clean}`],
    [1, `/d/..${clean}`],
    [1, `/d/%2e%2e${clean}`],
  ]);
}

function value(random: SeededRandom): Parameter {
  return ['value', random.pick(VALUES)];
}

/** Long enough not to run out during a test, now and then beyond what 64 bits of nanoseconds hold. */
function ttl(random: SeededRandom): Parameter {
  return [
    'ttl',
    random.weighted([
      [8, '1000'],
      [4, '5000'],
      [2, ''],
      [1, '99999999999'],
    ] as const),
  ];
}

function refresh(random: SeededRandom): Parameter[] {
  return [
    ['refresh', 'true'],
    ...maybe(random, 85, ['ttl', '2000']),
    ...maybe(random, 40, ['prevExist', 'true']),
    ...maybe(random, 15, value(random)),
  ];
}

function condition(random: SeededRandom, position: number): Parameter[] {
  const prevIndex = random.weighted<string>([
    [8, `<i+${random.below(position + 2)}>`],
    [1, '0'],
    [1, '1'],
  ]);
  const given = [...maybe(random, 60, ['prevValue', random.pick(VALUES.filter((each) => each !== ''))])];
  return given.length === 0 || random.chance(25) ? [...given, ['prevIndex', prevIndex]] : given;
}

function flag(random: SeededRandom, name: string): Parameter {
  return [
    name,
    random.weighted([
      [12, 'true'],
      [2, 'false'],
      [1, '1'],
      [1, 'T'],
      [1, 'F'],
      [1, 'tRuE'],
    ] as const),
  ];
}

function maybe(random: SeededRandom, percent: number, ...parameters: readonly Parameter[]): Parameter[] {
  return random.chance(percent) ? [...parameters] : [];
}
