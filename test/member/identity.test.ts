import { clusterIdOf, memberIdOf } from '../../src/member/identity';

it.each([
  [['http://localhost:2380'], '8e9e05c52164694d', 'cdf818194e3a8c32'],
  [['http://localhost:2380', 'http://localhost:7001'], 'ce2a822cea30bfca', '7e27652122e8b2ae'],
])('%s gives the ids that etcd gives', (urls, memberId, clusterId) => {
  const id = memberIdOf(urls, 'etcd-cluster');
  expect(id).toBe(memberId);
  expect(clusterIdOf([id])).toBe(clusterId);
});

it('does not depend on the order of URLs or members', () => {
  expect(memberIdOf(['http://b:1', 'http://a:1'], 't')).toBe(memberIdOf(['http://a:1', 'http://b:1'], 't'));
  expect(clusterIdOf(['ff', '1', 'abc'])).toBe(clusterIdOf(['abc', 'ff', '1']));
});

it('differs by token and by salt', () => {
  const ids = [
    memberIdOf(['http://a:1'], 't'),
    memberIdOf(['http://a:1'], 'u'),
    memberIdOf(['http://a:1'], 't', 'later'),
  ];
  expect(new Set(ids).size).toBe(3);
});
