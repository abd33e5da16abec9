const { verdictOf } = jest.requireActual<{
  verdictOf: (output: string) => { readonly ok: boolean; readonly line: string };
}>('../../scripts/ci/audit.js');

function report(severities: Readonly<Record<string, string>>): string {
  const vulnerabilities = Object.fromEntries(
    Object.entries(severities).map(([name, severity]) => [name, { name, severity }]),
  );
  return JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { total: Object.keys(severities).length } } });
}

test('nothing known, or nothing severe, is good', () => {
  expect(verdictOf(report({}))).toEqual({ ok: true, line: 'audit: none of severity high or critical, 0 of less' });
  expect(verdictOf(report({ a: 'moderate', b: 'low' }))).toMatchObject({
    ok: true,
    line: expect.stringContaining('2 of less'),
  });
});

test.each(['high', 'critical'])('a library with a weakness of severity %s fails, and is named', (severity) => {
  expect(verdictOf(report({ a: 'low', koa: severity }))).toEqual({
    ok: false,
    line: `audit: known weaknesses in koa (${severity}); see npm audit --omit=dev`,
  });
});

test.each([
  ['', 'no answer'],
  [
    '{"message":"405 Method Not Allowed","error":{"summary":"audit endpoint returned an error"}}',
    'audit endpoint returned an error',
  ],
  ['{"message":"405 Method Not Allowed","error":{"summary":""}}', '405 Method Not Allowed'],
  ['npm error network', 'npm error network'],
])('a registry that answers %j was not asked, which is said and does not fail', (output, reason) => {
  expect(verdictOf(output)).toEqual({ ok: true, line: `audit: NOT DONE, the registry cannot be asked: ${reason}` });
});
