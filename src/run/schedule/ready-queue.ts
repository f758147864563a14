/** Vertices that may start, the most urgent first: a binary heap. Equal urgency goes by the smaller number. */
export class ReadyQueue {
  readonly #heap: number[] = [];
  readonly #urgency: ArrayLike<number>;

  constructor(urgency: ArrayLike<number>) {
    this.#urgency = urgency;
  }

  push(vertex: number): void {
    const heap = this.#heap;
    let hole = heap.push(vertex) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.isBefore(vertex, heap[parent]!)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = vertex;
  }

  peek(): number | undefined {
    return this.#heap[0];
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!this.isBefore(heap[child]!, moved)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = moved;
    return top;
  }

  isBefore(a: number, b: number): boolean {
    const difference = this.#urgency[a]! - this.#urgency[b]!;
    return difference === 0 ? a < b : difference > 0;
  }
}
