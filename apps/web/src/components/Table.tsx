import type { ReactNode } from "react";
import styles from "./Table.module.css";

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  /** numbers stand right */
  readonly isNumber?: boolean;
  /** kept on one line: names with hyphens */
  readonly isUnbroken?: boolean;
  /** left out on narrow screens */
  readonly isSecondary?: boolean;
}

interface TableProps<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly isCurrent?: (row: T) => boolean;
  readonly empty: ReactNode;
}

export function Table<T>({ caption, columns, rows, rowKey, isCurrent, empty }: TableProps<T>) {
  if (rows.length === 0) return <p className={styles.empty}>{empty}</p>;
  const classOf = (column: Column<T>) =>
    [
      column.isNumber && styles.number,
      column.isUnbroken && styles.unbroken,
      column.isSecondary && styles.secondary,
    ]
      .filter(Boolean)
      .join(" ");
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.title} scope="col" className={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} aria-current={isCurrent?.(row) || undefined}>
            {columns.map((column) => (
              <td key={column.title} className={classOf(column)} data-title={column.title}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
