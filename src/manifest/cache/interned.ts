/** Texts by number, in the order in which they were first met. */
export class Interned {
  readonly values: string[];
  #numbers: Map<string, number> | null = null;

  constructor(known: readonly string[]) {
    this.values = [...known];
  }

  number(text: string): number {
    this.#numbers ??= new Map(this.values.map((value, index) => [value, index]));
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.values.length;
      this.values.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }
}
