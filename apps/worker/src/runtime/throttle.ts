// Progress comes with every frame; the database wants it a few times a second.

/**
 * Calls `send` with the newest value at most once per `intervalMs`, never two calls at a time. The last value
 * offered is always sent, at the latest by `flush`.
 */
export class LatestValueThrottle<T> {
  private readonly intervalMs: number;
  private readonly send: (value: T) => Promise<void>;
  private waiting: { readonly value: T } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(intervalMs: number, send: (value: T) => Promise<void>) {
    this.intervalMs = intervalMs;
    this.send = send;
  }

  offer(value: T): void {
    this.waiting = { value };
    if (this.sending === undefined && this.timer === undefined) this.sendWaiting();
  }

  /** Sends what waits, and resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.sending;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting !== undefined) this.sendWaiting();
    await this.sending;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private sendWaiting(): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    this.sending = this.send(waiting.value).finally(() => {
      this.sending = undefined;
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.sendWaiting();
      }, this.intervalMs);
    });
  }
}
