/** The one row that says where the state as a whole stands. */
import { ByteWriter } from '../bytes/byteWriter';
import { DecodeError, readerOf } from './bytes';
import { FeatureLevelError, FIRST_LEVEL } from './features';

const FORMAT = 1;
/** Names the feature level too; only where that is not the first, so that nothing changes before it has to. */
const FORMAT_WITH_LEVEL = 2;

export interface Meta {
  /** The key space's. */
  readonly index: number;
  /** The cluster's; empty: not decided. */
  readonly version: string;
  /** The feature level in force. */
  readonly level: number;
  /** See Integrity; 0: none. */
  readonly doubt: number;
}

export function encodeMeta({ index, version, level, doubt }: Meta): string {
  const isFirst = level === FIRST_LEVEL;
  const writer = new ByteWriter().u8(isFirst ? FORMAT : FORMAT_WITH_LEVEL);
  writer.u48(index).byteString(version);
  if (!isFirst) writer.varint(level);
  // Versions that do not know of it do not look behind what comes before it.
  if (doubt !== 0) writer.u48(doubt);
  return writer.takeText();
}

/** @throws DecodeError, and FeatureLevelError before anything is read that only a newer program knows */
export function decodeMeta(value: string, knownLevel: number): Meta {
  const reader = readerOf(value);
  const format = reader.u8();
  if (format !== FORMAT && format !== FORMAT_WITH_LEVEL) {
    throw new DecodeError(`state of format ${format}, this version knows up to ${FORMAT_WITH_LEVEL}`);
  }
  const [index, version] = [reader.u48(), reader.byteString()];
  const level = format === FORMAT ? FIRST_LEVEL : reader.varint();
  if (level > knownLevel) throw new FeatureLevelError('data', level, knownLevel);
  return { index, version, level, doubt: reader.atEnd ? 0 : reader.u48() };
}
