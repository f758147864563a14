/** An exception of the template language: `type` is Python's or Jinja2's class name (`TypeError`, `UndefinedError`). */
export class PyError extends Error {
  readonly type: string;
  /** What to do about it, where the place that raised it knows. */
  readonly hint: string | null;

  constructor(type: string, message: string, options: PyErrorOptions = {}) {
    super(message, options);
    this.name = type;
    this.type = type;
    this.hint = options.hint ?? null;
  }
}

export interface PyErrorOptions extends ErrorOptions {
  readonly hint?: string | null;
}

/** Throws a PyError; an expression, so that it can stand where a value is expected. */
export function raise(type: string, message: string, hint: string | null = null): never {
  throw new PyError(type, message, { hint });
}
