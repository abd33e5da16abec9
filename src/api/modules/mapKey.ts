import { createHash } from 'node:crypto';

/** V8 hashes longer strings by their length alone (`String::kMaxHashCalcLength`). */
const HASHED_LENGTH_MAX = 16_383;

/**
 * What stands for a text of any length as the key of a Map or in a Set: the text itself, or its digest where those of one length would
 * become a single chain, in which each look-up compares with every one of them.
 */
export function mapKey(text: string): string {
  if (text.length <= HASHED_LENGTH_MAX) return text;
  return `sha256 of ${text.length}: ${createHash('sha256').update(text, 'utf16le').digest('base64')}`;
}
