/** Bodies of requests. */

export type RequestBody =
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly json: unknown }
  | { readonly bytes: Buffer; readonly type: string };

export function bytesOf(body: RequestBody | undefined): { readonly type?: string; readonly bytes?: Buffer } {
  if (body === undefined) return {};
  if ('bytes' in body) return body;
  if ('json' in body) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body.json)) };
  const bytes = Buffer.from(new URLSearchParams(body.form).toString());
  return { type: 'application/x-www-form-urlencoded', bytes };
}
