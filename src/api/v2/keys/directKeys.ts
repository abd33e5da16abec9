/** Key requests that came past Node's server (`api/direct`): what is simple is carried out, all else is left to KeysHandler. */
import type { KeyGrant } from '../../auth/guard';
import type { DirectHandler } from '../../direct/directConnection';
import type { DirectRequest } from '../../direct/directRequest';
import { parseForm, type Form } from '../../http/form';
import type { Outgoing } from '../../http/outgoing';
import { parseRequestTarget } from '../../http/requestTarget';
import { keyOf } from '../../keysFront';
import { KeyOperations } from './keyOperations';
import type { KeysOptions } from './keysHandler';
import { isBadParameter, PARAMETER_NAMES, readKeyParameters, type KeyParameters } from './parameters';

export interface DirectKeysOptions extends Omit<KeysOptions, 'guard'> {
  /** The grant of whoever comes; undefined while it matters who that is. */
  readonly openGrant: () => KeyGrant | undefined;
}

export class DirectKeys {
  private readonly operations: KeyOperations;

  constructor(private readonly options: DirectKeysOptions) {
    this.operations = new KeyOperations(options);
  }

  readonly handle: DirectHandler = (request, response) => {
    const grant = this.options.openGrant();
    if (grant === undefined || !this.hasRoomFor(request.form, response)) return false;
    const target = parseRequestTarget(request.target);
    const path = target && keyOf(target.path);
    if (target === undefined || path === undefined) return false;
    const parameters = parametersOf(request, target.query);
    if (parameters === undefined) return false;
    this.operations.carryOut(response, grant, request.method, path, parameters);
    return true;
  };

  private hasRoomFor(form: string | undefined, response: Outgoing): boolean {
    if (form === undefined) return true;
    const { maxRequestBytes, bodyBudget } = this.options;
    return form.length <= maxRequestBytes && bodyBudget.account(response)(form.length);
  }
}

/** Undefined if anything is wrong: what that is, others say. */
function parametersOf({ method, form: text }: DirectRequest, query: string): KeyParameters | undefined {
  const form: Form = new Map();
  if (text !== undefined && parseForm(text, PARAMETER_NAMES, form) !== undefined) return undefined;
  if (query !== '' && parseForm(query, PARAMETER_NAMES, form) !== undefined) return undefined;
  const parameters = readKeyParameters(form, method);
  return isBadParameter(parameters) ? undefined : parameters;
}
