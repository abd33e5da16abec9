import { encodeRequest, type Request } from '../../src/member/forwardedRequest';

/** A request as it is on the wire, in one piece. */
export function requestBytes(request: Request): Buffer {
  return Buffer.concat(encodeRequest(request));
}
