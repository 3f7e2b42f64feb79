// TensorFlow.js has one current backend per process. Each piece of work here names the one it wants.
import { getBackend, setBackend } from "@tensorflow/tfjs";

/** Runs `work`, which must be synchronous, with TensorFlow.js's backend set to `name`. */
export function withBackend<T>(name: string, work: () => T): T {
  const previous = getBackend();
  select(name);
  try {
    return work();
  } finally {
    if (previous) select(previous);
  }
}

function select(name: string): void {
  // Asynchronous only for backends that start asynchronously, of which none is used here.
  void setBackend(name);
  if (getBackend() !== name) throw new Error(`TensorFlow.js backend "${name}" could not be selected.`);
}
