/** What clients and their browsers send. */
import { credentialsOf } from '../../src/api/auth/credentials';
import { isCrossSite } from '../../src/api/connection/crossSite';
import { HostNames } from '../../src/api/connection/hostNames';
import { formSlices, parseForm, type Form } from '../../src/api/http/form';
import { parseMediaType } from '../../src/api/http/mediaType';
import { parseMultipart } from '../../src/api/http/multipart';
import { parseRequestTarget } from '../../src/api/http/requestTarget';
import { keyOf } from '../../src/api/keysFront';
import { parseRoleRequest, parseUserRequest } from '../../src/api/v2/auth/authRequest';
import { isBadParameter, PARAMETER_NAMES, readKeyParameters } from '../../src/api/v2/keys/parameters';
import { parseMemberRequest } from '../../src/api/v2/members/memberRequest';
import { loopOf } from '../../src/proxy/loops';
import { NOTHING, texts, type Target } from './target';

const MULTIPART =
  'multipart/form-data; boundary=x\n--x\r\nContent-Disposition: form-data; name="value"\r\n\r\nbar\r\n--x--\r\n';

const names = HostNames.of('127.0.0.1', { whitelist: [], ownNames: ['own.example'] });

export const httpTargets: readonly Target[] = [
  {
    name: 'forms',
    seeds: texts(
      'value=bar&ttl=5',
      'value=%C3%BC&dir=true&prevExist=false',
      'recursive=true&wait=true&waitIndex=7',
      'a=1;b=2',
    ),
    run: (bytes) => {
      const [form, sliced]: [Form, Form] = [new Map(), new Map()];
      const complaint = parseForm(bytes.latin1Slice(), PARAMETER_NAMES, form);
      const slices = formSlices(Buffer.from(bytes), PARAMETER_NAMES, sliced);
      let step = slices.next();
      while (step.done !== true) step = slices.next();
      if (step.value !== complaint) throw new Error(`one way says ${complaint}, the other ${step.value}`);
      for (const method of ['GET', 'PUT', 'POST', 'DELETE']) isBadParameter(readKeyParameters(form, method));
    },
    expects: NOTHING,
  },
  {
    name: 'multipart',
    seeds: texts(MULTIPART),
    run: (bytes) => {
      const end = Math.max(0, bytes.indexOf(0x0a));
      return parseMultipart(bytes.latin1Slice(0, end), bytes.subarray(end + 1), PARAMETER_NAMES);
    },
    expects: NOTHING,
  },
  {
    name: 'media-types',
    seeds: texts(
      'application/x-www-form-urlencoded; charset=utf-8',
      'multipart/form-data; boundary="a b"',
      'a/b;c="\\"";d=e',
    ),
    run: (bytes) => parseMediaType(bytes.latin1Slice()),
    expects: NOTHING,
  },
  {
    name: 'request-targets',
    seeds: texts('/v2/keys/a%20b/../c?wait=true', 'http://h:1/v2/keys/%C3%BC', '*', '/v2//keys/./x/'),
    run: (bytes) => {
      const target = parseRequestTarget(bytes.latin1Slice());
      if (target === undefined) return;
      const key = keyOf(target.path);
      if (key?.includes('/../') === true) throw new Error(`the key ${JSON.stringify(key)} was not cleaned`);
    },
    expects: NOTHING,
  },
  {
    name: 'json-bodies',
    seeds: texts(
      '{"peerURLs":["http://10.0.0.1:2380"]}',
      '{"user":"a","password":"p","roles":["r"],"grant":["x"]}',
      '{"role":"r","permissions":{"kv":{"read":["/*"],"write":[]}}}',
    ),
    run: (bytes) => {
      parseMemberRequest(bytes.latin1Slice());
      parseUserRequest(bytes.latin1Slice());
      parseRoleRequest(bytes.latin1Slice());
      if (Object.keys(Object.prototype).length > 0) throw new Error('a body reached the prototype of all objects');
    },
    expects: NOTHING,
  },
  {
    name: 'headers',
    seeds: texts(
      'Basic cm9vdDpwdw==',
      'evil.example:2379',
      '[::1]:1',
      '1.1 cairn-0123456789abcdef, 1.0 x',
      'https://a.example',
      'cross-site',
    ),
    run: (bytes) => {
      const text = bytes.latin1Slice();
      const headers = { authorization: text, host: text, origin: text, 'sec-fetch-site': text, via: text };
      credentialsOf(headers, undefined);
      names?.allows(text);
      loopOf({ headers } as never, '0123456789abcdef');
      isCrossSite({ headers } as never, { cors: ['https://a.example'], crossSiteWrites: false });
    },
    expects: NOTHING,
  },
];
