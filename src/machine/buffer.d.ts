/** Methods that every Buffer has and that @types/node 20 does not list; they skip the look-up of the encoding's name. */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
}
