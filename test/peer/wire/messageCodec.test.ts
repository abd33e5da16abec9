import * as fc from 'fast-check';
import type { Message } from '../../../src/raft/types';
import { readerOf, WireError } from '../../../src/peer/wire/wireError';
import { WireWriter } from '../../../src/peer/wire/wireWriter';
import { FRAME_HEAD_BYTES } from '../../../src/peer/wire/frames';
import { messageBytesMax, readMessage, writeMessage } from '../../../src/peer/wire/messageCodec';
import { anyMessage, FROM, TO } from './messages';

function encoded(message: Message): Buffer {
  const writer = new WireWriter();
  writeMessage(writer, message);
  return writer.take();
}

describe('raft messages on the wire', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(readMessage(encoded(message), FROM, TO)).toEqual(message);
      }),
      { numRuns: 1000 },
    );
  });

  it('are never larger than announced', () => {
    fc.assert(
      fc.property(anyMessage, (message) => encoded(message).length + FRAME_HEAD_BYTES <= messageBytesMax(message)),
      { numRuns: 1000 },
    );
  });

  it('are refused with a typed error when cut short or lengthened', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, at) => {
        const bytes = encoded(message);
        expect(() => readMessage(bytes.subarray(0, at % bytes.length), FROM, TO)).toThrow(WireError);
        expect(() => readMessage(Buffer.concat([bytes, Buffer.of(0)]), FROM, TO)).toThrow(WireError);
      }),
    );
  });

  it('never crash on random bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.uint8Array({ maxLength: 80 }), (type, bytes) => {
        try {
          readMessage(Buffer.of(type, ...bytes), FROM, TO);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('refuse a count of entries that cannot be there before making room for it', () => {
    const writer = new WireWriter();
    writer.u8(3).varint(1).varint(0).varint(0).varint(0).varint(Number.MAX_SAFE_INTEGER);
    expect(() => readMessage(writer.take(), FROM, TO)).toThrow(/items in 0 bytes/);
  });

  it.each([
    ['more entries than a leader sends', (writer: WireWriter) => writer.varint(1_000_001).raw(Buffer.alloc(2_000_002))],
    [
      'more members than a cluster has',
      (writer: WireWriter) => {
        writer.varint(1).u8(2).varint(0).varint(1001);
        for (let id = 1; id <= 1001; id += 1) writer.id(id.toString(16));
        writer.varint(0).bytes(Buffer.from('{}'));
      },
    ],
  ])('refuse %s, before anything is made of them', (_, write) => {
    const writer = new WireWriter();
    writer.u8(3).varint(1).varint(0).varint(0).varint(0);
    write(writer);
    expect(() => readMessage(writer.take(), FROM, TO)).toThrow(
      /(?:entries in one message|a configuration of 1001 members)$/,
    );
  });

  it('refuse entries that leave a hole, on the sending side', () => {
    const entry = { kind: 'noop', index: 7, term: 1 } as const;
    const message: Message = {
      type: 'appendRequest',
      from: FROM,
      to: TO,
      term: 1,
      prevLogIndex: 5,
      prevLogTerm: 1,
      entries: [entry],
      commit: 0,
    };
    expect(() => encoded(message)).toThrow(RangeError);
  });
});

describe('numbers on the wire', () => {
  it('keep every safe integer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(2 ** 29)), (value) => {
        const writer = new WireWriter();
        writer.varint(value);
        expect(readerOf(writer.take()).varint()).toBe(value);
      }),
    );
    for (const edge of [0, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(readerOf(new WireWriter().varint(edge).take()).varint()).toBe(edge);
    }
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN])('refuse %p', (value) => {
    expect(() => new WireWriter().varint(value)).toThrow(RangeError);
  });

  it('above 2^53 are refused when read', () => {
    expect(() => readerOf(Buffer.alloc(8, 0x7f).fill(0xff, 0, 7)).varint()).toThrow(WireError);
    expect(() => readerOf(Buffer.alloc(9, 0xff)).varint()).toThrow(WireError);
  });
});
