import { UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { FacetSelection } from '../../shared/filter/facet-selection';
import { formatCount } from '../../shared/format';
import styles from './facets.module.css';

interface Props {
  name: string;
  distinct: number | undefined;
  open: boolean;
  onToggle: () => void;
  selection: FacetSelection;
  onClear: () => void;
  children: ReactNode;
}

export function FacetSection({ name, distinct, open, onToggle, selection, onClear, children }: Props) {
  const chosen =
    selection.include.length > 0 || selection.exclude.length > 0 || selection.missing !== undefined || selection.range !== undefined;
  return (
    <div className={styles['facet']}>
      <div className={styles['head']}>
        <UnstyledButton className={styles['title']} aria-expanded={open} onClick={onToggle}>
          <IconChevronRight className={styles['chevron']} size={14} aria-hidden />
          <span className={styles['name']} data-chosen={chosen || undefined}>
            {name}
          </span>
          {distinct === undefined ? null : <span className={styles['distinct']}>{formatCount(distinct)}</span>}
        </UnstyledButton>
        {chosen ? (
          <UnstyledButton className={styles['clear']} onClick={onClear} aria-label={`Clear ${name}`} title={`Clear ${name}`}>
            <IconX size={13} />
          </UnstyledButton>
        ) : null}
      </div>
      {open ? <div className={styles['content']}>{children}</div> : null}
    </div>
  );
}
