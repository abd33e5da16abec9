/** What the API says about itself. One place, because five routes print it. */

/** The etcd release whose v2 API this server speaks (spec conflicts rows 10 and 11). */
export const API_VERSION = '2.3.8';

/** The version line of the 0.x releases: `/`, and `/version` for clients that ask for plain text. */
export const VERSION_TEXT = `etcd ${API_VERSION}`;
