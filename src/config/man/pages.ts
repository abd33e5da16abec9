/** All manual pages, by the names of their files; `scripts/configuration-docs.js` writes them to docs/man. */
import { cairnPages } from './cairnPages';
import { ctlPages } from './ctlPages';

/** @param version - of the program */
export function manualPages(version: string): ReadonlyMap<string, string> {
  return new Map([...cairnPages(version), ...ctlPages(version)]);
}
