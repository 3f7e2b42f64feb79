import { Fragment, type ReactNode } from "react";
import styles from "./Facts.module.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and values, in a row that wraps or as a ledger. */
export function Facts({ facts, isLedger = false }: { facts: readonly Fact[]; isLedger?: boolean }) {
  if (isLedger) {
    return (
      <dl className={styles.ledger}>
        {facts.map(({ name, value }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    );
  }
  return (
    <dl className={styles.row}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
