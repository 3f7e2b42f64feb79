// Steps added as parts come up, run once in the opposite order; a step that fails does not keep the others.
export class Shutdown {
  readonly #steps: { name: string; stop: () => Promise<unknown> | unknown }[] = [];
  #running: Promise<void> | null = null;

  add(name: string, stop: () => Promise<unknown> | unknown): void {
    this.#steps.push({ name, stop });
  }

  run(): Promise<void> {
    this.#running ??= this.#runSteps();
    return this.#running;
  }

  async #runSteps(): Promise<void> {
    const faults: string[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step.stop();
      } catch (err) {
        faults.push(`${step.name}: ${err instanceof Error ? err.message : String(err)}`);
      }
    }
    if (faults.length > 0) throw new Error(`Not everything stopped cleanly: ${faults.join("; ")}`);
  }
}
