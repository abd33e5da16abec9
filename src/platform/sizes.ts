/** The sizes that must fit into each other: a request becomes a command, a command a log entry, an entry a frame. */
const MEBIBYTE = 1024 * 1024;

/** Bytes of one frame between members, without its header. */
export const FRAME_BYTES_MAX = 40 * MEBIBYTE;
/** Bytes of one command in the log, which also travels alone in a frame. */
export const COMMAND_BYTES_MAX = 32 * MEBIBYTE;
/** The largest --max-request-bytes: a value can be nearly as long as the body it came in. */
export const REQUEST_BYTES_MAX = 24 * MEBIBYTE;
/** The largest --max-header-bytes: a key, and a value to compare with, come in the request line. */
export const HEADER_BYTES_MAX = 4 * MEBIBYTE;

/** Members of a cluster, more than any has: a longer list is not from one, and would have whoever reads it ask as many hosts. */
export const MEMBERS_MAX = 1000;
/** Client URLs of a member, or peer URLs, and the bytes of each: as many as the state machine takes (machine/commandRules.ts). */
export const MEMBER_URLS_MAX = 128;
export const MEMBER_URL_BYTES_MAX = 4096;
