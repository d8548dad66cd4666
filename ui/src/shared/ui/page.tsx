import type { ReactNode } from 'react';
import styles from './page.module.css';

interface HeaderProps {
  title: string;
  // A few words beside the title.
  hint?: ReactNode;
  // Before the title, such as the mark where no navigation shows it.
  lead?: ReactNode;
  // What can be done with the whole page, at the right.
  children?: ReactNode;
}

// The first line of every screen: what it is, what is said of it, what can be done.
export function PageHeader({ title, hint, lead, children }: HeaderProps) {
  return (
    <header className={styles['header']}>
      {lead}
      <h1>{title}</h1>
      {hint === undefined ? null : <span className={styles['hint']}>{hint}</span>}
      <span className={styles['grow']} />
      {children}
    </header>
  );
}

interface PageProps extends Omit<HeaderProps, 'lead'> {
  acts?: ReactNode;
}

// A screen that scrolls as one, below its header, which stays.
export function Page({ title, hint, acts, children }: PageProps) {
  return (
    <div className={styles['page']}>
      <PageHeader title={title} hint={hint}>
        {acts}
      </PageHeader>
      <div className={styles['body']}>{children}</div>
    </div>
  );
}
