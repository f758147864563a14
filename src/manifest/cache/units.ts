/** Files in groups: those of a group can only be parsed together. Numbers are those of files. */
export class Units {
  readonly #leader: Uint32Array;

  constructor(count: number) {
    this.#leader = Uint32Array.from({ length: count }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#find(a), this.#find(b)];
    // The lower number leads, so that the same links always give the same numbers.
    if (one < other) this.#leader[other] = one;
    else this.#leader[one] = other;
  }

  /** The number of its unit for every file. */
  settled(): Uint32Array {
    return Uint32Array.from(this.#leader, (_, file) => this.#find(file));
  }

  #find(file: number): number {
    let leader = file;
    while (this.#leader[leader] !== leader) leader = this.#leader[leader]!;
    this.#leader[file] = leader;
    return leader;
  }
}
