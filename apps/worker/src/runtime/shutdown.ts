// Steps added as parts come up, run once in the opposite order; one that fails does not keep the others from running.
export class Shutdown {
  private readonly steps: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  private running: Promise<void> | undefined;

  add(name: string, stop: () => Promise<void>): void {
    this.steps.push({ name, stop });
  }

  /** @throws AggregateError of what failed, after every step was run */
  run(): Promise<void> {
    this.running ??= this.runSteps();
    return this.running;
  }

  private async runSteps(): Promise<void> {
    const failures: Error[] = [];
    for (const { name, stop } of this.steps.reverse()) {
      try {
        await stop();
      } catch (err) {
        failures.push(new Error(`${name} did not stop cleanly`, { cause: err }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "The worker did not stop cleanly.");
  }
}
