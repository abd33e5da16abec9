/** Who is logged in. It is kept in the memory of the page alone, and is gone when the page is. */

export interface Login {
  readonly user: string;
  readonly password: string;
}

export class Session {
  private login: Login | undefined;

  get user(): string | undefined {
    return this.login?.user;
  }

  use(login: Login | undefined): void {
    this.login = login;
  }

  /** What says so in a request. Text becomes UTF-8, as the API reads it. */
  headers(): Record<string, string> {
    if (this.login === undefined) return {};
    const bytes = new TextEncoder().encode(`${this.login.user}:${this.login.password}`);
    return { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
  }
}
