import { bodyOf } from '../../src/discovery/registryBody';

const NODE = '{"key":"/t/1f","value":"a=http://a:1","createdIndex":5}';

test.each([
  `{"action":"get","node":{"key":"/t","dir":true,"nodes":[${NODE}]}}`,
  `{"action":"get","node":{"dir":true,"nodes":[]}}`,
  `{"action":"get","node":{"dir":true}}`,
  `{"action":"get","node":${NODE}}`,
  '{"errorCode":100,"message":"Key not found","cause":"/t","index":9}',
])('%s is an answer', (text) => {
  expect(bodyOf(text)).toEqual(JSON.parse(text));
});

test.each([
  ...['', '[]', 'null', '7', '{}', '{"node":null}', '{"node":7}', '{"errorCode":"100"}', '{"errorCode":null}'],
  ...['{"errorCode":100,"message":{"toString":1}}', '{"errorCode":100,"cause":[]}', '{"errorCode":100,"index":{}}'],
  '{"errorCode":100,"node":{"dir":true,"nodes":7}}',
  '{"node":{"dir":true,"nodes":{}}}',
  '{"node":{"dir":true,"nodes":[null]}}',
  '{"node":{"dir":true,"nodes":[{"value":"a","createdIndex":1}]}}',
  '{"node":{"dir":true,"nodes":[{"key":"/t/1f","value":"a"}]}}',
  '{"node":{"dir":true,"nodes":[{"key":7,"createdIndex":1}]}}',
  '{"node":{"dir":true,"nodes":[{"key":"/t/1f","value":7,"createdIndex":1}]}}',
])('%s is none', (text) => {
  expect(bodyOf(text)).toBeUndefined();
});
