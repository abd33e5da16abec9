import { URL_BYTES_MAX, URLS_MAX } from '../../src/machine/commandRules';
import {
  COMMAND_BYTES_MAX,
  FRAME_BYTES_MAX,
  HEADER_BYTES_MAX,
  MEMBER_URL_BYTES_MAX,
  MEMBER_URLS_MAX,
  REQUEST_BYTES_MAX,
} from '../../src/platform/sizes';

const KIBIBYTE = 1024;

test('the largest request is a command, and the largest command fits into a frame', () => {
  expect(REQUEST_BYTES_MAX + HEADER_BYTES_MAX).toBeLessThanOrEqual(COMMAND_BYTES_MAX - 64 * KIBIBYTE);
  expect(COMMAND_BYTES_MAX).toBeLessThanOrEqual(FRAME_BYTES_MAX - 64 * KIBIBYTE);
});

test('of a member are read as many URLs as it may have', () => {
  expect([MEMBER_URLS_MAX, MEMBER_URL_BYTES_MAX]).toEqual([URLS_MAX, URL_BYTES_MAX]);
});
