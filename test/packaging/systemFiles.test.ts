/** On which bases the image can be built. */
const { whyUnfit } = jest.requireActual<{
  whyUnfit: (node: string, glibc: string | undefined) => string | undefined;
}>('../../scripts/packaging/image/systemFiles.js');

const NODE = '/usr/local/bin/node';

test.each(['2.34', '2.36', '2.100', '3.0'])('an official image with glibc %s is one', (glibc) => {
  expect(whyUnfit(NODE, glibc)).toBeUndefined();
});

test.each([
  ['/usr/bin/node', '2.36', 'node is /usr/bin/node in this base, and has to be /usr/local/bin/node'],
  [NODE, '2.31', 'glibc is 2.31 in this base, and has to be 2.34 or newer'],
  [NODE, '1.99', 'glibc is 1.99'],
  [NODE, undefined, 'this base has no glibc'],
])('%s with glibc %s is none', (node, glibc, words) => {
  expect(whyUnfit(node, glibc)).toContain(words);
  expect(whyUnfit(node, glibc)).toContain('an official image of Node.js on Debian 12 or newer (NODE_IMAGE)');
});
