import { parseMemberRequest } from '../../../../src/api/v2/members/memberRequest';

const WHOLE = 'json: cannot unmarshal KIND into Go value of type struct { PeerURLs []string "json:\\"peerURLs\\"" }';
const LIST = 'json: cannot unmarshal KIND into Go struct field .peerURLs of type []string';
const ITEM = 'json: cannot unmarshal KIND into Go struct field .peerURLs of type string';

test.each([
  ['{"peerURLs":["http://a:1"]}'],
  ['{"PEERurls":["http://a:1"],"id":5,"name":"n"}'],
  ['{"peerURLs":["http://b:1"],"peerURLs":["http://a:1"]}'],
  ['{"peerURLs":["http://a:1"],"PeerURLs":null}'],
])('%s asks for http://a:1', (text) => {
  expect(parseMemberRequest(text)).toEqual({ ok: true, peerURLs: ['http://a:1'] });
});

test.each([
  ['', 'unexpected end of JSON input'],
  [' \n', 'unexpected end of JSON input'],
  ['{"peerURLs":["http://a:1"]} x', 'invalid JSON in the request body'],
  ['{peerURLs:[]}', 'invalid JSON in the request body'],
  ['[]', WHOLE.replace('KIND', 'array')],
  ['"x"', WHOLE.replace('KIND', 'string')],
  ['1', WHOLE.replace('KIND', 'number')],
  ['null', 'no valid URLs given'],
  ['{}', 'no valid URLs given'],
  ['{"peerURLs":null}', 'no valid URLs given'],
  ['{"peerURLs":[]}', 'no valid URLs given'],
  ['{"peerURLs":"http://a:1"}', LIST.replace('KIND', 'string')],
  ['{"peerURLs":true}', LIST.replace('KIND', 'bool')],
  ['{"peerURLs":{}}', LIST.replace('KIND', 'object')],
  ['{"peerURLs":[1]}', ITEM.replace('KIND', 'number')],
  ['{"peerURLs":[[]]}', ITEM.replace('KIND', 'array')],
  ['{"peerURLs":[null]}', 'URL scheme must be http, https, unix, or unixs: '],
  ['{"peerURLs":["http://\\ud800a"]}', 'URL address does not have the form "host:port": http://\ufffda'],
  ['{"__proto__":{"peerURLs":["http://a:1"]}}', 'no valid URLs given'],
])('%j is refused', (text, message) => {
  expect(parseMemberRequest(text)).toEqual({ ok: false, status: 400, message });
});
