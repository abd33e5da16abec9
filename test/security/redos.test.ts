/**
 * ReDoS: a text that is made for it keeps a pattern busy for minutes, and with it the event loop: heartbeats, every client. Found here:
 * `GET /new?size=` with a million zeros and an `x`.
 */
import { analyse } from 'scslre';
import { credentialsOf } from '../../src/api/auth/credentials';
import { nameOf } from '../../src/api/connection/hostNames';
import { isCrossSite } from '../../src/api/connection/crossSite';
import { parseGoInteger } from '../../src/api/http/goInteger';
import { tokenKeyOf } from '../../src/api/discovery/registry';
import { parseForm } from '../../src/api/http/form';
import { jsonString } from '../../src/api/http/json';
import { firstJsonTree } from '../../src/api/http/jsonTree';
import { parseMediaType } from '../../src/api/http/mediaType';
import { parseMultipart } from '../../src/api/http/multipart';
import { decodeFormText, decodePercent } from '../../src/api/http/percent';
import { parseRequestTarget } from '../../src/api/http/requestTarget';
import { parseIndex, parseTtl } from '../../src/api/v1/parameters';
import { isBadParameter, PARAMETER_NAMES, readKeyParameters } from '../../src/api/v2/keys/parameters';
import { parseGoUrl } from '../../src/api/v2/members/goUrl';
import { parseMemberId } from '../../src/api/v2/members/memberId';
import { parsePeerUrls } from '../../src/api/v2/members/peerUrls';
import { parseRegistration } from '../../src/discovery/registrations';
import { faultOfPath } from '../../src/machine/commandRules';
import { withoutTrailingSlashes } from '../../src/platform/trailingSlashes';
import { loopOf } from '../../src/proxy/loops';
import { certificatesOf } from '../../src/tls/certificates';
import { revocationsOf } from '../../src/tls/revocations';
import { ask, startUnderTest } from '../api/apiUnderTest';
import { patternsOfSources } from './support/patterns';

const { literals, made } = patternsOfSources();

test('no pattern of the sources takes more than linear time for any text', () => {
  expect(literals.length).toBeGreaterThan(100);
  const slow = literals.flatMap(({ file, pattern }) =>
    analyse(pattern).reports.map(({ type, exponential }) => [file, String(pattern), type, exponential]),
  );
  expect(slow).toEqual([]);
});

test('a pattern that does is found', () => {
  for (const pattern of [/^(a+)+$/, /^([+-]?)0*([0-9]+)$/, /\/+$/, /^\s*,?\s*x/]) {
    expect([String(pattern), analyse(pattern).reports.length > 0]).toEqual([String(pattern), true]);
  }
});

test('patterns that are made of texts are made of ours alone', () => {
  // The list of cipher suites, with nothing but letters and digits.
  expect(made).toEqual(['config/options/security.ts']);
});

/** As long as headers may be by default. */
const HEADER_LENGTH = 1024 * 1024;
/** Enough for what grows with the square of it to take seconds. */
const LENGTH = 128 * 1024;
/** Of the processor, however busy the machine is. */
const WORK_MS_MAX = 750;

const WANTED = PARAMETER_NAMES;
const FILE = { option: '--trusted-ca-file', path: '/f' };

/** What reads texts from others, whether by a pattern or by hand. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'size of a cluster': (text) => {
    const read = parseGoInteger(text);
    return read.ok || read.complaint();
  },
  'TTL of v1': parseTtl,
  'index of v1': parseIndex,
  'path of a token': tokenKeyOf,
  'request target': (text) => parseRequestTarget(`/${text}`),
  'absolute request target': (text) => parseRequestTarget(`http://${text}`),
  'percent encoding': decodePercent,
  'form text': decodeFormText,
  form: (text) => parseForm(text, WANTED, new Map()),
  'form of one long value': (text) => parseForm(`value=${text}`, WANTED, new Map()),
  numbers: (text) => isBadParameter(readKeyParameters(new Map([['ttl', text]]), 'PUT')),
  flags: (text) => isBadParameter(readKeyParameters(new Map([['dir', text]]), 'PUT')),
  json: firstJsonTree,
  'text of json': (text) => firstJsonTree(`"${text}"`),
  'media type': parseMediaType,
  'quoted parameter of a media type': (text) => parseMediaType(`a/b; c="${text}`),
  'parameters of a media type': (text) => parseMediaType(`a/b;${text}`),
  multipart: (text) => parseMultipart('multipart/form-data; boundary=x', Buffer.from(text, 'latin1'), WANTED),
  'headers of a part': (text) =>
    parseMultipart(
      'multipart/form-data; boundary=x',
      Buffer.from(`--x\r\nContent-Disposition: form-data; name="a${text}"\r\n\r\nb\r\n--x--\r\n`, 'latin1'),
      WANTED,
    ),
  'boundary of parts': (text) => parseMultipart(`multipart/form-data; boundary=${text}`, Buffer.from(text), WANTED),
  Host: nameOf,
  Origin: (text) =>
    isCrossSite({ headers: { origin: `http://${text}` } } as never, { cors: [], crossSiteWrites: false }),
  Authorization: (text) => credentialsOf({ authorization: `Basic ${text}` }, undefined),
  Via: (text) => loopOf({ headers: { via: text } } as never, '0123456789abcdef'),
  'URL of a member': parseGoUrl,
  'URLs of members': (text) => parsePeerUrls([text, `http://${text}`, `http://a:1${text}`]),
  'id of a member': parseMemberId,
  'what discovery says': (text) => parseRegistration({ name: '1f', value: text } as never),
  key: (text) => faultOfPath(`/${text}`),
  'JSON that is written': jsonString,
  'slashes at the end': withoutTrailingSlashes,
  certificates: (text) => certificatesOf({ file: FILE, text }),
  'lists of revoked certificates': (text) => revocationsOf({ file: FILE, text }),
};

/** What pumps patterns: one piece again and again, and an end that does not fit. */
const PIECES = [
  ...[
    '0',
    '9',
    'a',
    'A',
    ' ',
    '\t',
    '/',
    '//',
    '/.',
    '/../',
    '.',
    '..',
    ':',
    '[',
    ']',
    '%',
    '%2',
    '%41',
    '+',
    '=',
    '&',
  ],
  ...['a=b&', ';', 'a=b;', '; a=b', ';a="b"', '"', '\\', '\\"', '{', '{"a":', '[1,', ',', '-', '1.1 cairn-', '--x\r\n'],
  ...['a=http://b,', '\0', '\xff', '\xe9', '\r\n', '<', '@', '://', 'http://', 'YWFh', '=='],
  ...['-----BEGIN CERTIFICATE-----', '-----BEGIN X509 CRL-----', '-----BEGIN ', '-----BEGIN X509 CRL-----\n-----END '],
];
const ENDS = ['', 'x', '\0'];

test.each(Object.keys(READERS))('%s: a long text takes the time of its length', async (name) => {
  const read = READERS[name]!;
  for (const piece of PIECES) {
    for (const end of ENDS) {
      const text = piece.repeat(LENGTH / piece.length) + end;
      const before = process.cpuUsage();
      await Promise.resolve(text)
        .then(read)
        .catch(() => undefined);
      const { user } = process.cpuUsage(before);
      if (user > WORK_MS_MAX * 1000)
        throw new Error(`${JSON.stringify(piece)} … ${JSON.stringify(end)} took ${user} µs`);
    }
  }
});

test('GET /version with an Accept of nothing but commas behind a quote holds nobody up', async () => {
  const api = await startUnderTest({ maxHeaderBytes: 2 * HEADER_LENGTH });
  const before = process.cpuUsage();
  const accept = `"${','.repeat(HEADER_LENGTH / 4)}`;
  expect((await ask(api.clientPort, 'GET', '/version', undefined, { accept })).status).toBe(200);
  expect(process.cpuUsage(before).user).toBeLessThan(WORK_MS_MAX * 1000);
  await api.server.close(100);
});

test('GET /new with a million zeros holds nobody up', async () => {
  const api = await startUnderTest({ surface: 'discovery', maxHeaderBytes: 2 * HEADER_LENGTH });
  const before = process.cpuUsage();
  const { status } = await ask(api.clientPort, 'GET', `/new?size=${'0'.repeat(HEADER_LENGTH)}x`, undefined, {
    'sec-fetch-site': 'none',
  });
  expect(status).toBe(400);
  expect(process.cpuUsage(before).user).toBeLessThan(WORK_MS_MAX * 1000);
  await api.server.close(100);
});
