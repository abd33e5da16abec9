/** Types that a caller brings: a function, an object with `parse` (as of zod), or a Standard Schema (https://standardschema.dev). */

/** What `~standard` of a Standard Schema has, as far as it is used here. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    // A method, as in the specification: schemas whose input is narrower fit too.
    validate(value: unknown): StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

export type StandardResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Makes a configuration of what is read, or throws. */
export type Schema<T> =
  ((value: unknown) => T | Promise<T>) | { parse(value: unknown): T | Promise<T> } | StandardSchema<T>;

/** Rejects with an error that says what is wrong. */
export async function validated<T>(schema: Schema<T>, value: unknown): Promise<T> {
  // A schema may be both a function and a standard one; what all agree on comes first.
  if ('~standard' in schema) {
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) return result.value;
    throw new Error(result.issues.map(textOf).join('; ') || 'it does not fit the schema');
  }
  return typeof schema === 'function' ? schema(value) : schema.parse(value);
}

function textOf({ message, path = [] }: StandardIssue): string {
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return where === '' ? message : `${where}: ${message}`;
}
