/** Writing and reading fixed-width numbers and ids one after the other. */
import { refuseWide } from '../machine/rows';
import { corrupt } from './errors';

const UINT32_RANGE = 2 ** 32;
const MEMBER_ID = /^[0-9a-f]{1,16}$/;

/** Writes into a buffer of exactly the right size. */
export class ByteWriter {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  u8(value: number): this {
    this.#at = this.bytes.writeUInt8(value, this.#at);
    return this;
  }

  u16(value: number): this {
    this.#at = this.bytes.writeUInt16BE(value, this.#at);
    return this;
  }

  u32(value: number): this {
    this.#at = this.bytes.writeUInt32BE(value, this.#at);
    return this;
  }

  /** Below 2^53. */
  u64(value: number): this {
    return this.u32(Math.floor(value / UINT32_RANGE)).u32(value % UINT32_RANGE);
  }

  /** A 64-bit id as lower-case hexadecimal, in 8 bytes. Throws RangeError for anything else. */
  id(value: string): this {
    if (!MEMBER_ID.test(value)) throw new RangeError(`not a 64-bit id in lower-case hexadecimal: "${value}"`);
    this.#at = this.bytes.writeBigUInt64BE(BigInt(`0x${value}`), this.#at);
    return this;
  }

  /** A byte string. @throws RangeError if it is none */
  text(value: string): this {
    refuseWide(value);
    this.#at += this.bytes.latin1Write(value, this.#at, value.length);
    return this;
  }

  raw(value: Uint8Array): this {
    this.bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }
}

/** Reads what ByteWriter wrote; throws StorageError of kind corrupt where the bytes end too soon. */
export class ByteReader {
  #at = 0;
  readonly #view: DataView;

  constructor(
    bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u64(): number {
    const value = this.u32() * UINT32_RANGE + this.u32();
    if (!Number.isSafeInteger(value)) throw corrupt(`${this.what} holds a number beyond 2^53`);
    return value;
  }

  /** Without zero padding. */
  id(): string {
    return this.#view.getBigUint64(this.#advance(8)).toString(16);
  }

  /** A view, not a copy. */
  raw(size: number): Buffer {
    const at = this.#advance(size);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + at, size);
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  /** Throws if something is left over. */
  end(): void {
    if (this.left !== 0) throw corrupt(`${this.what} is longer than it should be`);
  }

  #advance(size: number): number {
    const at = this.#at;
    if (at + size > this.#view.byteLength) throw corrupt(`${this.what} is cut short`);
    this.#at = at + size;
    return at;
  }
}
