import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";
import styles from "./QueryState.module.css";

interface Answer<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface QueryStateProps<T> {
  readonly query: Answer<T>;
  /** what is being fetched: "jobs" */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

/** Waiting, failure or the data itself. Data at hand stay in view when a later fetch fails. */
export function QueryState<T>({ query, what, children }: QueryStateProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <div className={styles.failed}>
        <Notice tone="alarm" title={`The ${what} could not be fetched.`}>
          <p>{query.error.message}</p>
        </Notice>
        <Button size="small" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  return (
    <p className={styles.waiting} role="status">
      Fetching {what} …
    </p>
  );
}
