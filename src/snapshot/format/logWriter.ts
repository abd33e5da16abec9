/** Makes the bytes of a log for backups: its beginning, then records one by one. */
import { encodeLogJson, type LogHeader, type LogMark } from './logHeader';
import { logPreamble, logRecordHead, LogRecordKind } from './logRecords';

/** Everything before the first entry. */
export function logBeginning(header: LogHeader): readonly Uint8Array[] {
  return [logPreamble(), ...record(LogRecordKind.header, encodeLogJson(header))];
}

/** Throws RangeError if the entry is longer than any that a member has. */
export function logEntry(stored: Uint8Array): readonly Uint8Array[] {
  return record(LogRecordKind.entry, stored);
}

export function logMark(mark: LogMark): readonly Uint8Array[] {
  return record(LogRecordKind.mark, encodeLogJson(mark));
}

function record(kind: LogRecordKind, body: Uint8Array): readonly Uint8Array[] {
  return [logRecordHead(kind, body), body];
}
