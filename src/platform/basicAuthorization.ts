/** Basic auth (RFC 7617). @param user - `NAME:PASSWORD` */
export function basicAuthorization(user: string): string {
  return `Basic ${Buffer.from(user).toString('base64')}`;
}
