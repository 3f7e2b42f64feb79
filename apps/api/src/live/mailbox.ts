// Between who announces and who reads at their own pace: of several unread versions of a thing only the last is kept,
// so a slow reader holds no more than one of each.

export class Mailbox<T> implements AsyncIterable<T> {
  readonly #keyOf: (item: T) => string;
  readonly #unread = new Map<string, T>();
  #wake: (() => void) | null = null;
  #isClosed = false;

  constructor(keyOf: (item: T) => string) {
    this.#keyOf = keyOf;
  }

  put(item: T): void {
    const key = this.#keyOf(item);
    this.#unread.delete(key);
    this.#unread.set(key, item);
    this.#wake?.();
  }

  /** The reader ends, what is unread is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (!this.#isClosed) {
      const [next] = this.#unread;
      if (next) {
        this.#unread.delete(next[0]);
        yield next[1];
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
