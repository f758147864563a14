import { HOST, type HostType } from './host.ts';
import { raise } from './py-error.ts';
import { Callable, type Value } from './values.ts';

/** What `cycler(a, b, ...)` makes: `next()` gives the items in turn, over and over. */
export class Cycler {
  readonly #items: readonly Value[];
  #index = 0;

  constructor(items: readonly Value[]) {
    if (items.length === 0) raise('RuntimeError', 'at least one item has to be provided');
    this.#items = items;
  }

  get [HOST](): HostType<Cycler> {
    return cyclerType;
  }

  get current(): Value {
    return this.#items[this.#index]!;
  }

  next(): Value {
    const value = this.current;
    this.#index = (this.#index + 1) % this.#items.length;
    return value;
  }

  reset(): void {
    this.#index = 0;
  }
}

const cyclerType: HostType<Cycler> = {
  typeName: 'Cycler',
  attrNames: () => ['current', 'next', 'reset'],
  attr: (cycler, name) => {
    switch (name) {
      case 'current':
        return cycler.current;
      case 'next':
        return new Callable(name, () => cycler.next());
      case 'reset':
        return new Callable(name, () => {
          cycler.reset();
          return null;
        });
      default:
        return undefined;
    }
  },
};
