/**
 * A value that must not be seen: prints as `*****` wherever it is shown, serialised or put into a string. Only
 * `reveal()` gives the text, and only adapters and package downloads call it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask;
  }
}

/** What stands in the place of a secret. */
export const mask = '*****';

/** Masks every known secret in text on its way out, in its raw, URL-encoded, base64 and JSON-escaped forms. */
export class SecretMask {
  #forms: string[] = [];

  /** Values shorter than four characters are not masked: they would blank out ordinary text. */
  add(value: string): void {
    if (value.length < 4) return;
    const forms = [
      value,
      encodeURIComponent(value),
      Buffer.from(value, 'utf8').toString('base64'),
      JSON.stringify(value).slice(1, -1),
    ];
    this.#forms = [...new Set([...this.#forms, ...forms])].sort((a, b) => b.length - a.length);
  }

  apply(text: string): string {
    let out = text;
    for (const form of this.#forms) if (out.includes(form)) out = out.replaceAll(form, mask);
    return out;
  }
}
