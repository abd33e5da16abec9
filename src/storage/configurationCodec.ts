/** A configuration as bytes: how many voters (2), how many learners (2), then their ids (8 each). */
import type { Configuration, MemberId } from '../raft/types';
import type { ByteReader } from '../bytes/byteReader';
import type { ByteWriter } from '../bytes/byteWriter';

const COUNTS_BYTES = 4;
const ID_BYTES = 8;

export function sizeOfConfiguration(configuration: Configuration): number {
  return COUNTS_BYTES + ID_BYTES * (configuration.voters.length + configuration.learners.length);
}

export function writeConfiguration(writer: ByteWriter, configuration: Configuration): void {
  writer.u16(configuration.voters.length).u16(configuration.learners.length);
  for (const id of configuration.voters) writer.id(id);
  for (const id of configuration.learners) writer.id(id);
}

export function readConfiguration(reader: ByteReader): Configuration {
  const voters = reader.u16();
  const learners = reader.u16();
  return { voters: readIds(reader, voters), learners: readIds(reader, learners) };
}

function readIds(reader: ByteReader, count: number): MemberId[] {
  const ids: MemberId[] = [];
  for (let at = 0; at < count; at += 1) ids.push(reader.id());
  return ids;
}
