/** The binding to the engine as far as it is used; the only file that names the package. */
import RocksDB from 'rocksdb';
import { messageOf } from '../platform/errorMessage';
import { StorageError } from './errors';
import type { BatchOptions, KvData } from './kv';
import { storageErrorOf } from './rocksStatus';

export type Callback = (error: Error | null | undefined) => void;

export type NativeData = Buffer | string;

export type NativeOperation =
  | { readonly type: 'put'; readonly key: NativeData; readonly value: NativeData }
  | { readonly type: 'del'; readonly key: NativeData };

/** What the package's batch calls in the end; the methods above these refuse a batch that was written once. */
export interface NativeBatch {
  _put(key: NativeData, value: NativeData): unknown;
  _del(key: NativeData): unknown;
  _clear(): unknown;
  _write(options: BatchOptions, callback: Callback): void;
}

export interface NativeDatabase {
  open(options: object, callback: Callback): void;
  batch(operations: readonly NativeOperation[], options: BatchOptions, callback: Callback): void;
  get(key: Buffer, callback: (error: Error | null | undefined, value: Buffer) => void): void;
  iterator(options: object): unknown;
  getProperty(name: string): string;
  close(callback: Callback): void;
}

/** What the package exports. */
export type NativeEngine = (path: string) => NativeDatabase;

// The package's own types lean on types that are not installed.
export const ENGINE = RocksDB as unknown as NativeEngine;

/** The same method of the package, without operations: a batch that is put together a little at a time, and is written as one. */
export function emptyBatch(database: NativeDatabase): NativeBatch {
  return (database as unknown as { batch(): NativeBatch }).batch();
}

/** What the engine says of a database that is there, and of one that is not. */
const HAD_THE_LOCK = /error_if_exists|create_if_missing/;

/** Whether another process, or another part of this one, has the database open. Rejects with StorageError if the engine could not ask. */
export async function isInUse(path: string, engine = ENGINE): Promise<boolean> {
  try {
    // The engine takes its lock, and then refuses a database that exists before it has touched anything.
    await openNative(engine(path), path, { createIfMissing: false, errorIfExists: true });
    return false;
  } catch (error) {
    const kind = error instanceof StorageError ? error.kind : undefined;
    if (kind === 'locked') return true;
    // It had the lock to see that. What kept it from asking for the lock says nothing about who has it.
    if (kind === 'corrupt' || HAD_THE_LOCK.test(messageOf(error))) return false;
    throw error;
  }
}

export function openNative(database: NativeDatabase, path: string, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    database.open(options, (error) => {
      if (error) reject(storageErrorOf(error, 'opening', path));
      else resolve();
    });
  });
}

export function closeNative(database: NativeDatabase, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.close((error) => {
      if (error) reject(storageErrorOf(error, 'closing', path));
      else resolve();
    });
  });
}

/** The binding stores strings as UTF-8. */
export function nativeData(data: KvData): NativeData {
  return typeof data === 'string' ? data : bufferOf(data);
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
