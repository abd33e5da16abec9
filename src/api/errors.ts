/** Every numbered error of the key API: code, message and HTTP status (spec v2-api section 4). */

interface ErrorRow {
  readonly message: string;
  readonly httpStatus: number;
}

/** One row per code, in the order of the codes. */
export const ERRORS = {
  100: { message: 'Key not found', httpStatus: 404 },
  101: { message: 'Compare failed', httpStatus: 412 },
  102: { message: 'Not a file', httpStatus: 403 },
  103: { message: 'Reached the max number of peers in the cluster', httpStatus: 400 },
  104: { message: 'Not a directory', httpStatus: 400 },
  105: { message: 'Key already exists', httpStatus: 412 },
  106: { message: 'The prefix of given key is a keyword in etcd', httpStatus: 400 },
  107: { message: 'Root is read only', httpStatus: 400 },
  108: { message: 'Directory not empty', httpStatus: 403 },
  109: { message: 'Peer address has existed', httpStatus: 400 },
  110: { message: 'The request requires user authentication', httpStatus: 401 },
  200: { message: 'Value is Required in POST form', httpStatus: 400 },
  201: { message: 'PrevValue is Required in POST form', httpStatus: 400 },
  202: { message: 'The given TTL in POST form is not a number', httpStatus: 400 },
  203: { message: 'The given index in POST form is not a number', httpStatus: 400 },
  204: { message: 'Value or TTL is required in POST form', httpStatus: 400 },
  205: { message: 'The given timeout in POST form is not a number', httpStatus: 400 },
  206: { message: 'Name is required in POST form', httpStatus: 400 },
  207: { message: 'Index or value is required', httpStatus: 400 },
  208: { message: 'Index and value cannot both be specified', httpStatus: 400 },
  209: { message: 'Invalid field', httpStatus: 400 },
  210: { message: 'Invalid POST form', httpStatus: 400 },
  211: { message: 'Value provided on refresh', httpStatus: 400 },
  212: { message: 'A TTL must be provided on refresh', httpStatus: 400 },
  300: { message: 'Raft Internal Error', httpStatus: 500 },
  301: { message: 'During Leader Election', httpStatus: 500 },
  400: { message: 'watcher is cleared due to etcd recovery', httpStatus: 400 },
  401: { message: 'The event in requested index is outdated and cleared', httpStatus: 400 },
  402: { message: 'Standby Internal Error', httpStatus: 400 },
  403: { message: 'Invalid active size', httpStatus: 400 },
  404: { message: 'Standby remove delay', httpStatus: 400 },
  500: { message: 'Client Internal Error', httpStatus: 400 },
} as const satisfies Record<number, ErrorRow>;

/** A code that has a row in the table. */
export type ErrorCode = keyof typeof ERRORS;

/** The HTTP status of a code. */
export function errorStatus(code: ErrorCode): number {
  return ERRORS[code].httpStatus;
}
