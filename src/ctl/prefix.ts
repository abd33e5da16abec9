/** The prefix that a command was given. */
import { UsageError } from './arguments';

/** With a leading slash and none at its end; empty for the root. @throws UsageError for what members would take for another key */
export function prefixOf(text: string, name: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  if (parts.includes('.') || parts.includes('..'))
    throw new UsageError(`${name} ${JSON.stringify(text)} has . or .. in it`);
  return parts.map((part) => `/${part}`).join('');
}
