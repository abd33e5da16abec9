import { generateSteps } from './generate';
import { asCurl, isWatch, wireRequest } from './step';
import type { Step } from './step';

const PLACE = { directory: 's000001', baseIndex: 40 };

test('the same seed gives the same sequence, another seed another', () => {
  expect(generateSteps(3, 50)).toEqual(generateSteps(3, 50));
  expect(generateSteps(3, 50)).not.toEqual(generateSteps(4, 50));
});

test('every kind of request turns up', () => {
  const steps = Array.from({ length: 20 }, (_, seed) => generateSteps(seed, 60)).flat();
  const methods = new Set(steps.map((step) => step.method));
  expect([...methods].sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);
  expect(new Set(steps.map((step) => step.body.kind)).size).toBe(4);
  expect(steps.some(isWatch)).toBe(true);
});

test('indexes are counted from where the sequence began', () => {
  const step: Step = {
    method: 'GET',
    path: '/q/<n+2>',
    atRoot: false,
    query: [['waitIndex', '<i+3>']],
    body: { kind: 'none' },
  };
  expect(wireRequest(step, PLACE).target).toBe('/v2/keys/s000001/q/00000000000000000042?waitIndex=43');
});

test('a step can be repeated with curl, whatever is in it', () => {
  const step: Step = {
    method: 'PUT',
    path: "/it's",
    atRoot: false,
    query: [],
    body: { kind: 'form', fields: [['value', 'x']] },
  };
  const request = `curl -i --path-as-is -g -X PUT "$HOST"'/v2/keys/s000001/it'\\''s'`;
  expect(asCurl(step, PLACE)).toBe(
    `${request} -H 'Content-Type: application/x-www-form-urlencoded' --data-binary 'value=x'`,
  );
});
