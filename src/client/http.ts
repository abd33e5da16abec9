/** Requests of which nobody has to know whether one member is asked or whichever answers. */
import { jsonOf } from './answer';
import type { Answer, Call, CallOptions, Target } from './call';
import { askOne } from './transport/oneMember';

export type { Answer, Call, CallOptions, OpenOptions, Target, WaitingOptions } from './call';

/** Who answers requests: a client does, by whichever member it reaches. */
export interface Asker {
  /** Any answer, whatever its status. Rejects with NoAnswerError, NotUnderstoodError, or the signal's reason. */
  ask(call: Call, options?: CallOptions): Promise<Answer>;
}

/** One member (a new connection for each request, nothing tried twice), or a client. */
export type Via = Target | Asker;

/** Any answer, whatever its status. Rejects with NoAnswerError, NotUnderstoodError, or the signal's reason. */
export function ask(via: Via, call: Call, options: CallOptions = {}): Promise<Answer> {
  return 'ask' in via ? via.ask(call, options) : askOne(via, call, options);
}

/** The JSON of a 2xx answer; undefined if that is empty. Rejects with what `ClientError` lists, or the signal's reason. */
export async function askForJson(via: Via, call: Call, options: CallOptions = {}): Promise<unknown> {
  return jsonOf(call, await ask(via, call, options));
}
