import Link from "next/link";
import { Fragment, type ReactNode } from "react";
import styles from "./PageHead.module.css";

export interface Crumb {
  readonly title: string;
  readonly href: string;
}

interface PageHeadProps {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly badge?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

export function PageHead({ title, crumbs = [], badge, actions, children }: PageHeadProps) {
  return (
    <header className={styles.head}>
      {crumbs.length === 0 ? null : (
        <nav aria-label="Path" className={styles.crumbs}>
          {crumbs.map(({ title: name, href }, index) => (
            <Fragment key={href}>
              {index === 0 ? null : <span aria-hidden="true">/</span>}
              <Link href={href}>{name}</Link>
            </Fragment>
          ))}
        </nav>
      )}
      <div className={styles.line}>
        <h1>{title}</h1>
        {badge}
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </header>
  );
}
