import { foreignListText } from '../../src/app/foreignList';
import { parseInitialCluster } from '../../src/config/cluster';

function listed(text: string): Parameters<typeof foreignListText>[0] {
  const parsed = parseInitialCluster(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

const MEMBERS = [{ peerURLs: ['http://10.0.0.1:2380'] }, { peerURLs: ['http://10.0.0.2:2380'] }];

test('others of whom none is in the cluster are named', () => {
  const text = foreignListText(
    listed('a=http://10.0.0.1:2380,x=http://10.0.0.7:2380,y=http://10.0.0.8:2380'),
    'a',
    MEMBERS,
  );
  expect(text).toContain('--initial-cluster names x, y, and the cluster of this data directory has no such members');
});

test.each([
  ['the member alone', 'a=http://10.0.0.1:2380'],
  ['the members', 'a=http://10.0.0.1:2380,b=http://10.0.0.2:2380'],
  ['one that has been replaced since', 'a=http://10.0.0.1:2380,b=http://10.0.0.2:2380,c=http://10.0.0.3:2380'],
])('nothing is said of a list of %s', (_name, text) => {
  expect(foreignListText(listed(text), 'a', MEMBERS)).toBeUndefined();
});
