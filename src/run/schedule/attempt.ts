/**
 * One attempt at a work item. As long as all that it did is taken back with its transactions, or stands aside for the
 * next attempt to replace, the item may be worked again from its first statement.
 */
export class Attempt {
  /** Counted from 1. */
  readonly number: number;
  #sealed = false;

  constructor(number: number) {
    this.number = number;
  }

  /** What has been done, or is done from now on, would be there twice if the item were worked again. */
  seal(): void {
    this.#sealed = true;
  }

  get sealed(): boolean {
    return this.#sealed;
  }
}
