/** The single records: format version, identity, foundation, hard state, log start, applied, generation. Each in an envelope (seal.ts). */
import type { HardState, LogStart, MemberId } from '../raft/types';
import type { ByteReader } from '../bytes/byteReader';
import { ByteWriter } from '../bytes/byteWriter';
import { readerOf } from './bytes';
import { readConfiguration, sizeOfConfiguration, writeConfiguration } from './configurationCodec';
import { corrupt } from './errors';
import { seal, SEAL_BYTES, unseal } from './seal';

/** Who this member is; written once. */
export interface Identity {
  readonly memberId: MemberId;
  /** Unpadded lower-case hexadecimal. */
  readonly clusterId: string;
  /**
   * Digest (64 bits, hexadecimal) of the first state, if this member founded the cluster: founders compute that state each by
   * itself. A record of its own, which older versions do not look at.
   */
  readonly foundation?: string | undefined;
}

const ENVELOPE = new Uint8Array(SEAL_BYTES);
const VOTED = 1;
const UINT32_MAX = 2 ** 32 - 1;

function begin(bodyBytes: number): ByteWriter {
  return new ByteWriter(SEAL_BYTES + bodyBytes).raw(ENVELOPE);
}

function read<T>(kind: string, bytes: Uint8Array, what: string, body: (reader: ByteReader) => T): T {
  const reader = readerOf(unseal(kind, bytes, what), what);
  const value = body(reader);
  reader.finish();
  return value;
}

export function encodeIdentity(identity: Identity): Buffer {
  return seal('i', begin(16).id(identity.memberId).id(identity.clusterId).written);
}

export function decodeIdentity(bytes: Uint8Array): Identity {
  return read('i', bytes, 'the identity', (reader) => ({ memberId: reader.id(), clusterId: reader.id() }));
}

export function encodeFoundation(foundation: string): Buffer {
  return seal('o', begin(8).id(foundation).written);
}

export function decodeFoundation(bytes: Uint8Array): string {
  return read('o', bytes, 'the digest of the foundation', (reader) => reader.id());
}

/** Term (8), commit (8), whether it voted (1), for whom (8). */
export function encodeHardState(state: HardState): Buffer {
  const voted = state.votedFor !== undefined;
  const writer = begin(25)
    .u64(state.term)
    .u64(state.commit)
    .u8(voted ? VOTED : 0);
  return seal('h', writer.id(state.votedFor ?? '0').written);
}

export function decodeHardState(bytes: Uint8Array): HardState {
  return read('h', bytes, 'the hard state', (reader) => {
    const term = reader.u64();
    const commit = reader.u64();
    const voted = reader.u8();
    const candidate = reader.id();
    if (voted > VOTED) throw corrupt('the hard state has an unknown flag');
    return { term, votedFor: voted === VOTED ? candidate : undefined, commit };
  });
}

/** Which of the two places a position in the log is stored at. */
export type PositionKind = 'logStart' | 'applied';

const POSITION_LETTER: Readonly<Record<PositionKind, string>> = { logStart: 's', applied: 'a' };
const POSITION_NAME: Readonly<Record<PositionKind, string>> = {
  logStart: 'the log start',
  applied: 'the applied record',
};

/** Index (8), term (8), configuration. */
export function encodePosition(kind: PositionKind, position: LogStart): Buffer {
  const writer = begin(16 + sizeOfConfiguration(position.configuration))
    .u64(position.index)
    .u64(position.term);
  writeConfiguration(writer, position.configuration);
  return seal(POSITION_LETTER[kind], writer.written);
}

export function decodePosition(kind: PositionKind, bytes: Uint8Array): LogStart {
  return read(POSITION_LETTER[kind], bytes, POSITION_NAME[kind], (reader) => ({
    index: reader.u64(),
    term: reader.u64(),
    configuration: readConfiguration(reader),
  }));
}

/** The applied record is among the rows, so it is text: a byte string. */
export function encodeApplied(position: LogStart): string {
  return encodePosition('applied', position).latin1Slice();
}

export function decodeApplied(text: string): LogStart {
  return decodePosition('applied', Buffer.from(text, 'latin1'));
}

/** A number that has a record to itself: the format version, the current generation, the number of the member's run. */
export type NumberKind = 'format' | 'generation' | 'run' | 'forced';

const NUMBER_LETTER: Readonly<Record<NumberKind, string>> = { format: 'f', generation: 'g', run: 'n', forced: 'c' };
const NUMBER_NAME: Readonly<Record<NumberKind, string>> = {
  format: 'the format version',
  generation: 'the current generation',
  run: 'the number of the run',
  forced: 'the note of a forced cluster',
};

/** In 4 bytes, or in 8 if it needs them. */
export function encodeNumber(kind: NumberKind, value: number): Buffer {
  const writer = value > UINT32_MAX ? begin(8).u64(value) : begin(4).u32(value);
  return seal(NUMBER_LETTER[kind], writer.written);
}

export function decodeNumber(kind: NumberKind, bytes: Uint8Array): number {
  const isWide = bytes.length > SEAL_BYTES + 4;
  return read(NUMBER_LETTER[kind], bytes, NUMBER_NAME[kind], (reader) => (isWide ? reader.u64() : reader.u32()));
}
