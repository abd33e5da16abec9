/** multipart/form-data bodies, as `curl -F` sends them, to forms of byte strings. */
import type { Writable } from 'node:stream';
import busboy from 'busboy';
import type { Form } from './form';

export interface MultipartForm {
  readonly form: Form;
  /** What is wrong with a malformed body; undefined: nothing. */
  readonly complaint: string | undefined;
}

/** What the parser is given in one turn of the event loop: some milliseconds of work. */
const PIECE_BYTES = 256 * 1024;

/** More parts than this are a mistake or an attack; every parameter there is has one. */
const PARTS_MAX = 1000;

interface Part {
  readonly name: string;
  readonly value: string;
  /** Came with a file name: never decoded. */
  readonly isFile: boolean;
}

/**
 * Reads every part as a value, whether it came with a file name or not. The first part of a name counts.
 *
 * @param contentType the header, with its boundary
 */
export async function parseMultipart(
  contentType: string,
  body: Buffer,
  wanted: ReadonlySet<string>,
): Promise<MultipartForm> {
  try {
    const form: Form = new Map();
    for (const { name, value } of await readParts(contentType, body)) {
      if (wanted.has(name) && !form.has(name)) form.set(name, value);
    }
    return { form, complaint: undefined };
  } catch (error) {
    return { form: new Map(), complaint: `multipart: ${complaintOf(error)}` };
  }
}

/** Of a charset that busboy does not know it tells what Buffer said of its arguments. */
function complaintOf(error: unknown): string {
  if (String(error).includes('ERR_INVALID_ARG_TYPE')) return 'a part cannot be decoded; its charset is not known';
  return error instanceof Error ? error.message : String(error);
}

/**
 * busboy decodes a part that names a charset of its own, and does not tell. Such a part is one whose text does not depend
 * on the default charset: its text is turned back into bytes. All others are bytes already.
 */
async function readParts(contentType: string, body: Buffer): Promise<readonly Part[]> {
  const parts = await splitParts(contentType, body, 'latin1');
  if (!(await mayNameCharset(body))) return parts;
  const decoded = await splitParts(contentType, body, 'utf8');
  return parts.map((part, position) => {
    const isDecoded = !part.isFile && part.value === decoded[position]?.value;
    return isDecoded ? { ...part, value: Buffer.from(part.value, 'utf8').latin1Slice() } : part;
  });
}

const CHARSET = 'charset';

/** Whether a part may say of itself how it is encoded. A piece in a turn: joining and decoding a long part took one already. */
async function mayNameCharset(body: Buffer): Promise<boolean> {
  // Pieces overlap, so that none cuts the word.
  for (let from = 0; from < body.length; from += PIECE_BYTES) {
    if (body.length > PIECE_BYTES) await new Promise(setImmediate);
    if (/charset/i.test(body.latin1Slice(from, Math.min(body.length, from + PIECE_BYTES + CHARSET.length))))
      return true;
  }
  return false;
}

function splitParts(contentType: string, body: Buffer, defaultCharset: string): Promise<readonly Part[]> {
  return new Promise((resolve, reject) => {
    const parser = busboy({
      headers: { 'content-type': contentType },
      defCharset: defaultCharset,
      defParamCharset: 'latin1',
      // The body as a whole was limited when it was read.
      limits: { fieldSize: body.length + 1, fileSize: body.length + 1, parts: PARTS_MAX },
    });
    const parts: Part[] = [];
    parser.on('field', (name, value) => parts.push({ name, value, isFile: false }));
    parser.on('file', (name, stream) => {
      const position = parts.push({ name, value: '', isFile: true }) - 1;
      let value = '';
      stream.on('data', (chunk: Buffer) => {
        value += chunk.latin1Slice();
      });
      stream.on('end', () => {
        parts[position] = { name, value, isFile: true };
      });
      stream.on('error', reject);
    });
    parser.on('partsLimit', () => {
      reject(new Error('too many parts'));
    });
    parser.on('error', reject);
    parser.on('finish', () => {
      resolve(parts);
    });
    feed(parser, body, 0);
  });
}

/** Gives the parser what there is from `from` on, a piece in a turn. */
function feed(parser: Writable, body: Buffer, from: number): void {
  const to = from + PIECE_BYTES;
  if (to >= body.length) {
    parser.end(body.subarray(from));
    return;
  }
  parser.write(body.subarray(from, to), (error) => {
    // What is wrong was told by an event.
    if (!error) setImmediate(feed, parser, body, to);
  });
}
