import * as fc from 'fast-check';
import { WireError } from '../../../src/peer/wire/wireError';
import { WireWriter } from '../../../src/peer/wire/wireWriter';
import type { WireErrorKind } from '../../../src/peer/wire/wireError';
import {
  beginFrame,
  finishFrame,
  FRAME_BODY_BYTES_MAX,
  FRAME_HEAD_BYTES,
  FrameDecoder,
} from '../../../src/peer/wire/frames';

interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

function stream(frames: readonly Frame[]): Buffer {
  const writer = new WireWriter();
  for (const { type, body } of frames) {
    const start = beginFrame(writer, type);
    writer.raw(body);
    finishFrame(writer, start);
  }
  return writer.take();
}

function collector(limit = FRAME_BODY_BYTES_MAX): { decoder: FrameDecoder; frames: Frame[] } {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder(limit, (type, body) => frames.push({ type, body }));
  return { decoder, frames };
}

function failure(run: () => void): WireErrorKind | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof WireError) return error.kind;
    throw error;
  }
  return undefined;
}

const anyFrame = fc.record({ type: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ maxLength: 400 }) });

describe('frames', () => {
  it('are found wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 90 })), (sent, cuts) => {
        const bytes = stream(sent);
        const { decoder, frames } = collector();
        let offset = 0;
        for (const size of [...cuts, bytes.length]) {
          decoder.push(bytes.subarray(offset, offset + size));
          offset += size;
        }
        expect(frames.map(({ type, body }) => ({ type, body: Buffer.from(body) }))).toEqual(
          sent.map(({ type, body }) => ({ type, body: Buffer.from(body) })),
        );
        expect(decoder.heldBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('survive a stream that comes byte by byte, also when they are large', () => {
    const body = Buffer.alloc(300_000, 5);
    const bytes = stream([{ type: 1, body }]);
    const { decoder, frames } = collector();
    for (let at = 0; at < bytes.length; at += 1) decoder.push(bytes.subarray(at, at + 1));
    expect(frames).toHaveLength(1);
    expect(body.equals(frames[0]!.body)).toBe(true);
  });

  it('of random bytes end in a typed error or are waited for', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { maxLength: 10 }), (pieces) => {
        const { decoder } = collector(1000);
        failure(() => {
          for (const piece of pieces) decoder.push(Buffer.from(piece));
        });
        expect(decoder.heldBytes).toBeLessThanOrEqual(FRAME_HEAD_BYTES + 1000);
      }),
      { numRuns: 2000 },
    );
  });

  it('with any one byte changed are noticed', () => {
    const bytes = stream([{ type: 1, body: Buffer.from('abc') }]);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      const { decoder, frames } = collector(100);
      const kind = failure(() => {
        decoder.push(changed);
        // A length that grew makes the decoder wait: what follows is then taken for a part of the frame.
        decoder.push(bytes);
      });
      expect(kind).toBeDefined();
      expect(frames).toHaveLength(0);
    }
  });

  it('over the limit are refused by their length alone', () => {
    const { decoder } = collector(1000);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(1001);
    expect(failure(() => decoder.push(Buffer.concat([head, Buffer.alloc(6)])))).toBe('tooLong');
  });

  it('announced as large take only the memory of what arrived', () => {
    const { decoder } = collector();
    const head = Buffer.alloc(FRAME_HEAD_BYTES);
    head.writeUInt32BE(FRAME_BODY_BYTES_MAX);
    const before = process.memoryUsage().arrayBuffers;
    const decoders = [decoder, ...Array.from({ length: 99 }, () => collector().decoder)];
    for (const each of decoders) each.push(head);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    expect(decoder.heldBytes).toBe(FRAME_HEAD_BYTES);
  });

  it('of another version are refused', () => {
    const bytes = stream([{ type: 1, body: Buffer.of(1) }]);
    bytes[8] = 2;
    expect(failure(() => collector().decoder.push(bytes))).toBe('version');
  });

  it('over the limit are not written, and leave the writer as it was', () => {
    const writer = new WireWriter();
    writer.u8(9);
    const start = beginFrame(writer, 1);
    writer.raw(Buffer.alloc(FRAME_BODY_BYTES_MAX + 1));
    expect(() => finishFrame(writer, start)).toThrow(RangeError);
    expect([...writer.take()]).toEqual([9]);
  });
});
