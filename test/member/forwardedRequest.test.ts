import { DecodeError } from '../../src/machine/bytes';
import { decodeRequest, encodeRequest, type Request } from '../../src/member/forwardedRequest';
import { MEMBERSHIP_REFUSALS } from '../../src/member/types';
import { SeededRandom } from '../simulation/random';
import { requestBytes } from './requestBytes';

const text = (kind: number, body: string): Buffer => Buffer.concat([Buffer.from([kind]), Buffer.from(body)]);
const [CHANGE, REFUSED, NO_SPACE, QUOTA, QUOTA_ALARM, KINDS] = [2, 3, 4, 5, 6, 6];

const ORIGIN = { origin: 'abc', run: 2 ** 52, sequence: 7 };

test.each<Request>([
  { kind: 'commands', data: Buffer.from([0, 1, 0xff, 0x80]) },
  {
    kind: 'change',
    proposed: {
      ...ORIGIN,
      change: { type: 'addMember', id: 'def', peerURLs: ['http://a:1', 'http://b:2'], learner: true },
    },
  },
  { kind: 'change', proposed: { ...ORIGIN, change: { type: 'promoteMember', id: 'ffffffffffffffff' } } },
  { kind: 'change', proposed: { ...ORIGIN, change: { type: 'removeMember', id: '0' } } },
  { kind: 'change', proposed: { ...ORIGIN, change: { type: 'removeMember', id: 'def', onlyIfLost: true } } },
  { kind: 'noSpace', run: 2 ** 52, sequence: 0, places: [0, 3, 100] },
  { kind: 'quotaAlarm', isFull: true },
  { kind: 'quotaAlarm', isFull: false },
  { kind: 'quota', bytes: 0 },
  { kind: 'quota', bytes: Number.MAX_SAFE_INTEGER },
])('another member reads what was sent: %j', (request) => {
  expect(decodeRequest(requestBytes(request))).toEqual(request);
});

test('commands, which may be megabytes, are not copied', () => {
  const data = Buffer.alloc(100);
  expect(encodeRequest({ kind: 'commands', data }).some((piece) => piece === data)).toBe(true);
});

test('every reason of a refusal arrives: the client hears the one that the leader gave', () => {
  for (const asked of ['commands', 'change'] as const) {
    for (const reason of ['later', 'tooLarge', ...MEMBERSHIP_REFUSALS] as const) {
      const request: Request = { kind: 'refused', of: asked, run: 1, sequence: 2, reason };
      expect(decodeRequest(requestBytes(request))).toEqual(request);
    }
  }
});

test('a kind that only a later version knows is nobody’s fault', () => {
  for (const kind of [0, KINDS + 1, 255]) expect(decodeRequest(text(kind, 'whatever'))).toBeUndefined();
});

const REFUSAL = { of: 'commands', run: 1, sequence: 2, reason: 'later' };
const WITHOUT_ROOM = { run: 1, sequence: 2, places: [0] };

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['a change that is no JSON', text(CHANGE, '{')],
  ['a change of nobody', text(CHANGE, '{"run":1,"sequence":1,"change":{"type":"removeMember","id":"1"}}')],
  ['a refusal that is no JSON', text(REFUSED, '{')],
  ['a refusal that is null', text(REFUSED, 'null')],
  ['a refusal of something else', text(REFUSED, JSON.stringify({ ...REFUSAL, of: 'reads' }))],
  ['a refusal without a run', text(REFUSED, JSON.stringify({ ...REFUSAL, run: undefined }))],
  ['a refusal with a negative sequence', text(REFUSED, JSON.stringify({ ...REFUSAL, sequence: -1 }))],
  ['a refusal for no known reason', text(REFUSED, JSON.stringify({ ...REFUSAL, reason: 'mood' }))],
  ['no room for nothing', text(NO_SPACE, JSON.stringify({ ...WITHOUT_ROOM, places: [] }))],
  ['no room at a place that is none', text(NO_SPACE, JSON.stringify({ ...WITHOUT_ROOM, places: [0, 1.5] }))],
  ['no room, and places that are no list', text(NO_SPACE, JSON.stringify({ ...WITHOUT_ROOM, places: '0' }))],
  ['a quota that is text', text(QUOTA, '{"bytes":"1"}')],
  ['a quota below nothing', text(QUOTA, '{"bytes":-1}')],
  ['an alarm that is a number', text(QUOTA_ALARM, '{"isFull":1}')],
  ['a quota beyond exact numbers', text(QUOTA, '{"bytes":1e300}')],
])('%s is refused as what no sound member sends', (_, bytes) => {
  expect(() => decodeRequest(bytes)).toThrow(DecodeError);
});

test.each([REFUSED, NO_SPACE, QUOTA, QUOTA_ALARM, CHANGE])(
  'a record of kind %i that would fill the memory is refused before it is parsed',
  (kind) => {
    const parse = jest.spyOn(JSON, 'parse');
    expect(() => decodeRequest(text(kind, `[${'{},'.repeat(400_000)}{}]`))).toThrow(/^a record of \d+ bytes$/);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  },
);

test('random bytes never raise anything but a DecodeError, which costs their sender the link and nobody the process', () => {
  const random = new SeededRandom(11);
  const sound = [
    requestBytes({ kind: 'refused', of: 'change', run: 1, sequence: 2, reason: 'removed' }),
    requestBytes({ kind: 'noSpace', ...WITHOUT_ROOM }),
    requestBytes({ kind: 'quota', bytes: 12 }),
    requestBytes({ kind: 'change', proposed: { ...ORIGIN, change: { type: 'removeMember', id: 'def' } } }),
  ];
  const outcomes = new Set<string>();
  for (let time = 0; time < 5000; time++) {
    const bytes = Buffer.from(sound[time % sound.length]!);
    for (let spoilt = 0; spoilt <= time % 3; spoilt++)
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    try {
      outcomes.add(decodeRequest(bytes)?.kind ?? 'unknown');
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      outcomes.add('refused');
    }
  }
  expect([...outcomes]).toEqual(expect.arrayContaining(['refused', 'unknown']));
});
