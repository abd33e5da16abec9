/** Events that follow one another as one row; its key is the first index in 8 bytes, so rows sort by index. */
import type { ByteReader } from '../../bytes/byteReader';
import { refuseWide } from '../../bytes/byteStrings';
import { ByteWriter } from '../../bytes/byteWriter';
import { DecodeError, readerOf } from '../bytes';
import type { Action, KeyEvent, NodeView } from './event';
import type { History, HistorySlot } from './history';
import { LONG_TEXT_LENGTH, LongText } from '../rows';

const FORMAT = 1;
const KEY_BYTES = 8;
const NO_EVENT = 0;
const REFRESH_BIT = 1;
const PREVIOUS_BIT = 2;

/** The position in this list plus one is the stored code: only ever append. */
const ACTIONS: readonly Action[] = [
  'set',
  'create',
  'update',
  'compareAndSwap',
  'delete',
  'compareAndDelete',
  'expire',
];

const writer = new ByteWriter();

export function eventRowKey(firstIndex: number): string {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeUIntBE(firstIndex, KEY_BYTES - 6, 6);
  return key.latin1Slice();
}

/** @throws DecodeError if the key has another length */
export function eventRowIndex(key: string): number {
  if (key.length !== KEY_BYTES) throw new DecodeError(`history row key of ${key.length} bytes`);
  return Buffer.from(key, 'latin1').readUIntBE(KEY_BYTES - 6, 6);
}

/** The slots from `firstIndex` to `lastIndex`, both included. */
export function encodeEvents(history: History, firstIndex: number, lastIndex: number): string | LongText {
  writer
    .restart()
    .u8(FORMAT)
    .varint(lastIndex - firstIndex + 1);
  const pieces: string[] = [];
  for (let index = firstIndex; index <= lastIndex; index++) encodeSlot(history.at(index), pieces);
  const rest = writer.takeText();
  return pieces.length === 0 ? rest : new LongText([...pieces, rest]);
}

/** @throws DecodeError for a value that is not a history row */
export function decodeEvents(firstIndex: number, value: string): HistorySlot[] {
  const reader = readerOf(value);
  const format = reader.u8();
  if (format !== FORMAT) throw new DecodeError(`history row of format ${format}, this version knows ${FORMAT}`);
  const count = reader.varint();
  const slots: HistorySlot[] = [];
  for (let offset = 0; offset < count; offset++) slots.push(decodeSlot(reader, firstIndex + offset));
  return slots;
}

/** @param pieces what was written up to a long value, and that value, for each of them */
function encodeSlot(event: HistorySlot, pieces: string[]): void {
  if (event === undefined) {
    writer.u8(NO_EVENT);
    return;
  }
  writer.u8(ACTIONS.indexOf(event.action) + 1);
  writer.u8((event.refresh ? REFRESH_BIT : 0) | (event.prevNode === undefined ? 0 : PREVIOUS_BIT));
  writer.u48(event.nowMs).byteString(event.node.key);
  encodeView(event.node, pieces);
  if (event.prevNode !== undefined) encodeView(event.prevNode, pieces);
}

function decodeSlot(reader: ByteReader, index: number): HistorySlot {
  const code = reader.u8();
  if (code === NO_EVENT) return undefined;
  const action = ACTIONS[code - 1];
  if (action === undefined) throw new DecodeError(`unknown action code ${code} in a history row`);
  const flags = reader.u8();
  const nowMs = reader.u48();
  const key = reader.byteString();
  const node = decodeView(reader, key);
  const prevNode = (flags & PREVIOUS_BIT) === 0 ? undefined : decodeView(reader, key);
  return {
    ok: true,
    action,
    node,
    prevNode,
    etcdIndex: index,
    nowMs,
    refresh: (flags & REFRESH_BIT) !== 0,
  } satisfies KeyEvent;
}

/** The key is stored once for node and prevNode. */
function encodeView(view: NodeView, pieces: string[]): void {
  writer.u8((view.dir ? 1 : 0) | (view.value === undefined ? 0 : 2) | (view.expirationMs === undefined ? 0 : 4));
  writer.u48(view.createdIndex).u48(view.modifiedIndex);
  if (view.expirationMs !== undefined) writer.u48(view.expirationMs);
  if (view.value === undefined) return;
  if (view.value.length < LONG_TEXT_LENGTH) {
    writer.byteString(view.value);
  } else {
    refuseWide(view.value);
    pieces.push(writer.varint(view.value.length).takeText(), view.value);
  }
}

function decodeView(reader: ByteReader, key: string): NodeView {
  const flags = reader.u8();
  const createdIndex = reader.u48();
  const modifiedIndex = reader.u48();
  const expirationMs = (flags & 4) === 0 ? undefined : reader.u48();
  const value = (flags & 2) === 0 ? undefined : reader.byteString();
  return { key, value, dir: (flags & 1) !== 0, createdIndex, modifiedIndex, expirationMs, nodes: undefined };
}
