import { withoutUsers } from '../../src/platform/withoutUsers';

it.each([
  ['http://h:1', 'http://h:1'],
  ['http://root:pw@h:1', 'http://***@h:1'],
  ['http://root@h', 'http://***@h'],
  ['http://root:p@w@h', 'http://***@h'],
  ['http://root:p/w@h/x', 'http://***@h/x'],
  ['http://root:p,w@h', 'http://***@h'],
  ['http://root:p://w@h', 'http://***@h'],
  ['a=http://root:pw@g:1,b=https://root:pw@h:2', 'a=http://***@g:1,b=https://***@h:2'],
  ['http://g:1,http://root:p,w@h:2', 'http://g:1,http://***@h:2'],
  ['root:pw@h:1', 'root:***@h:1'],
  ['ann@h', 'ann@h'],
  ['h:1', 'h:1'],
])('%j is shown as %j', (urls, shown) => {
  expect(withoutUsers(urls)).toBe(shown);
});
