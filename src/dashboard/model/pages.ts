/** The pages of the dashboard, and which one a path means. */

export const BASE = '/mod/dashboard/';

export const PAGES = { browser: 'Keys', stats: 'Stats' } as const;
export type PageName = keyof typeof PAGES;

/** Any other path is that of the keys. */
export function pageOf(path: string): PageName {
  const [name = ''] = path.slice(BASE.length).split('/');
  return Object.hasOwn(PAGES, name) ? (name as PageName) : 'browser';
}
