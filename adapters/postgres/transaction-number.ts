/** Whether a statement begins with one of the words, behind comments. */
const begins = (sql: string, words: string): boolean =>
  new RegExp(`^(?:\\s|--[^\\n]*\\n|/\\*(?:[^*]|\\*(?!/))*\\*/)*(?:${words})\\b`, 'i').test(sql);

export const isCommit = (sql: string): boolean => begins(sql, 'commit|end');

/** Also what ends a part of the transaction only, or begins the next one along with it. */
const isEnd = (sql: string): boolean => begins(sql, 'commit|end|rollback|abort');

/**
 * The number of a session's open transaction, by which the server is asked what became of it. A transaction has one
 * from its first write on.
 */
export class TransactionNumber {
  #known: string | null = null;
  #isHidden = false;

  /** Null where the transaction has none, as far as is known. */
  get known(): string | null {
    return this.#known;
  }

  /** Something was sent that does not tell whether it gave the transaction a number. */
  hide(): void {
    this.#isHidden = this.#known === null;
  }

  /** The transaction may have a number that has to be asked for by itself. */
  get isHidden(): boolean {
    return this.#isHidden;
  }

  /** Whether to ask along with the statement; one that ends the transaction tells nothing any more. */
  isAskedWith(sql: string): boolean {
    return this.#known === null && !isCommit(sql);
  }

  /** After a statement, with what was told along with it. */
  learn(sql: string, told: string | null): void {
    if (!isEnd(sql)) {
      this.#known ??= told;
      return;
    }
    this.#known = null;
    this.#isHidden = true;
  }

  forget(): void {
    this.#known = null;
    this.#isHidden = false;
  }
}
