import { COMMAND_BYTES_MAX, FRAME_BYTES_MAX, HEADER_BYTES_MAX, REQUEST_BYTES_MAX } from '../../src/platform/sizes';

const KIBIBYTE = 1024;

test('the largest request is a command, and the largest command fits into a frame', () => {
  expect(REQUEST_BYTES_MAX + HEADER_BYTES_MAX).toBeLessThanOrEqual(COMMAND_BYTES_MAX - 64 * KIBIBYTE);
  expect(COMMAND_BYTES_MAX).toBeLessThanOrEqual(FRAME_BYTES_MAX - 64 * KIBIBYTE);
});
