import type { CommandArguments } from '../arguments';

/** For whom the words are. @throws UsageError */
export function outputOf(values: CommandArguments): 'text' | 'json' {
  return values.choice('output', ['text', 'json']);
}
