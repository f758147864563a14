/** Files in groups: those of a group can only be parsed together. Numbers are those of files. */
export class Units {
  readonly #leader: Uint32Array;

  /** `leaders` are the numbers of what is together already, which is changed. */
  constructor(leaders: Uint32Array) {
    this.#leader = leaders;
  }

  /** Each file by itself. */
  static apart(count: number): Units {
    const leaders = new Uint32Array(count);
    for (let file = 0; file < count; file += 1) leaders[file] = file;
    return new Units(leaders);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#find(a), this.#find(b)];
    // The lower number leads, so that the same links always give the same numbers.
    if (one < other) this.#leader[other] = one;
    else this.#leader[one] = other;
  }

  /** The number of its unit for every file. */
  settled(): Uint32Array {
    for (let file = 0; file < this.#leader.length; file += 1) this.#find(file);
    return this.#leader;
  }

  #find(file: number): number {
    let leader = file;
    while (this.#leader[leader] !== leader) leader = this.#leader[leader]!;
    this.#leader[file] = leader;
    return leader;
  }
}
