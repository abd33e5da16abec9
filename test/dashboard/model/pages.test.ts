import { pageOf } from '../../../src/dashboard/model/pages';

test.each([
  ['/mod/dashboard/', 'browser'],
  ['/mod/dashboard/browser', 'browser'],
  ['/mod/dashboard/stats', 'stats'],
  ['/mod/dashboard/stats/x', 'stats'],
  ['/mod/dashboard/nope', 'browser'],
  // What every object has is no page.
  ['/mod/dashboard/toString', 'browser'],
  ['/mod/dashboard/__proto__', 'browser'],
])('%s is %s', (path, page) => {
  expect(pageOf(path)).toBe(page);
});
