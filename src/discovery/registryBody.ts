/** Answers of the v2 API as a discovery service gives them, checked before anything of them is used: whoever answers may be anybody. */

/** What a discovery service answers: a node, or an error. */
export interface Body {
  readonly errorCode?: number;
  readonly message?: string;
  readonly cause?: string;
  readonly index?: number;
  readonly node?: BodyNode;
}

export interface BodyNode {
  readonly key: string;
  readonly dir?: boolean;
  readonly value?: string;
  readonly createdIndex: number;
  readonly nodes?: readonly BodyNode[];
}

/** Undefined: it is no such answer, whatever else it may be. */
export function bodyOf(text: string): Body | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isBody(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isBody(value: unknown): value is Body {
  const fields = fieldsOf(value);
  const node = fields?.get('node');
  return (
    fields !== undefined &&
    are(fields, 'number', ['errorCode', 'index']) &&
    are(fields, 'string', ['message', 'cause']) &&
    (node === undefined ? fields.has('errorCode') : isNode(node))
  );
}

/** One that is listed has its key and its index; the directory itself may lack both, as etcd's root does. */
function isNode(value: unknown): boolean {
  const fields = fieldsOf(value);
  const nodes = fields?.get('nodes') ?? [];
  return (
    fields !== undefined &&
    are(fields, 'string', ['key', 'value']) &&
    are(fields, 'number', ['createdIndex']) &&
    Array.isArray(nodes) &&
    nodes.every((node) => isNode(node) && hasAll(node, ['key', 'createdIndex']))
  );
}

/** Undefined for what is no object. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)) : undefined;
}

function are(fields: ReadonlyMap<string, unknown>, type: 'number' | 'string', names: readonly string[]): boolean {
  return names.every((name) => !fields.has(name) || typeof fields.get(name) === type);
}

function hasAll(value: unknown, names: readonly string[]): boolean {
  const fields = fieldsOf(value);
  return names.every((name) => fields?.has(name) === true);
}
