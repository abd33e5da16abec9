/** Which member is asked next. */
import type { Random } from '../../platform/clock';
import { withoutUsers } from '../../platform/withoutUsers';

/** The text of each, without a path. Throws TypeError for what is no URL of a member. */
export function endpointOf(text: string): URL {
  const hidden = withoutUsers(text);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError(`endpoint "${hidden}" is no URL; it has to look like http://127.0.0.1:2379`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`endpoint "${hidden}" has to begin with http:// or https://`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`endpoint "${hidden}" has a user in it; give that as auth: { username, password }`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new TypeError(`endpoint "${hidden}" may have nothing behind the port`);
  return url;
}

/**
 * Whether a URL that a member published leads to a member, for whoever came by `from`: by way of https nothing leads to what is not encrypted,
 * where others could read the passwords that go along.
 */
export function isLedTo(published: string, from: readonly string[]): boolean {
  try {
    const { protocol } = endpointOf(published);
    return protocol === 'https:' || !from.every((url) => /^https:/i.test(url));
  } catch {
    return false;
  }
}

/**
 * The members that a client knows. The one that answered last is asked first, so that one connection serves as long as it is good; one
 * that failed goes to the end.
 */
export class Endpoints {
  private readonly given: readonly URL[];
  private list: readonly URL[];

  /** @param texts - one or more; a random one is asked first, so that many clients spread over the members. Throws TypeError. */
  constructor(texts: readonly string[], random: Random | undefined) {
    if (texts.length === 0)
      throw new TypeError('endpoints: there has to be one at least, such as http://127.0.0.1:2379');
    const urls = unique(texts.map(endpointOf));
    const first = random === undefined ? 0 : Math.floor(random() * urls.length) % urls.length;
    this.given = urls;
    this.list = [...urls.slice(first), ...urls.slice(0, first)];
  }

  inOrder(): readonly URL[] {
    return this.list;
  }

  get origins(): readonly string[] {
    return this.list.map(({ origin }) => origin);
  }

  has(origin: string): boolean {
    return this.list.some((url) => url.origin === origin);
  }

  answered(url: URL): void {
    if (this.list[0] !== url && this.list.includes(url))
      this.list = [url, ...this.list.filter((other) => other !== url)];
  }

  failedAt(origin: string): void {
    const url = this.list.find((known) => known.origin === origin);
    if (url !== undefined) this.failed(url);
  }

  failed(url: URL): void {
    if (this.list.includes(url)) this.list = [...this.list.filter((other) => other !== url), url];
  }

  /**
   * What the members say of themselves takes the place of what was learned before. Those that were given stay, behind them: what members
   * say may be right only for others. From https no way leads to anything else.
   */
  learn(texts: readonly string[]): void {
    const given = this.given.map(({ origin }) => origin);
    const learned = texts.filter((text) => isLedTo(text, given)).map(endpointOf);
    const [current] = this.list;
    const all = unique([...learned, ...this.given]);
    const same = all.find(({ origin }) => origin === current?.origin);
    this.list = same === undefined ? all : [same, ...all.filter((other) => other !== same)];
  }
}

function unique(urls: readonly URL[]): readonly URL[] {
  return [...new Map(urls.map((url) => [url.origin, url])).values()];
}
