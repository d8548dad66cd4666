import { TextInput, UnstyledButton } from '@mantine/core';
import { IconMinus } from '@tabler/icons-react';
import { useState, type MouseEvent } from 'react';
import type { ClassWithCount, Facet } from '../../shared/api/types';
import {
  onlyValue, toggleExcluded, toggleMissing, toggleValue, type FacetSelection,
} from '../../shared/filter/facet-selection';
import { formatCount, plural } from '../../shared/format';
import { ClassDot } from '../../shared/labels/class-dot';
import { missingName, valueName } from './facet-names';
import styles from './facets.module.css';

const kShownAtFirst = 12;
const kSearchFrom = 10;

interface Props {
  facet: Facet;
  classes: readonly ClassWithCount[];
  selection: FacetSelection;
  search: string;
  onSearch: (text: string) => void;
  onChange: (selection: FacetSelection) => void;
}

export function ValueFacet({ facet, classes, selection, search, onSearch, onChange }: Props) {
  const [all, setAll] = useState(false);
  const values = facet.values ?? [];
  const shown = all ? values : values.slice(0, kShownAtFirst);
  const most = Math.max(1, facet.missing_all ?? 0, ...values.map((value) => value.all));
  const ofClasses = facet.key === 'label' || facet.key === 'prediction' || facet.key === 'region_class';
  const isMissingShown = (facet.missing_all ?? 0) > 0;
  return (
    <>
      {(facet.distinct ?? values.length) > kSearchFrom || search !== '' ? (
        <TextInput
          className={styles['search']}
          placeholder="Search values"
          aria-label={`Search values of ${facet.name}`}
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
        />
      ) : null}
      <div role="group" aria-label={`Values of ${facet.name}`}>
        {shown.map(({ value, all: total, now, labels_all: labels, labels_now: labelsNow }) => (
          <ValueRow
            key={value}
            name={valueName(facet.key, value)}
            colour={ofClasses ? classes.find((one) => one.name === value)?.id : undefined}
            hasColour={ofClasses}
            now={now}
            all={total}
            labels={labels === undefined || labelsNow === undefined ? undefined : { now: labelsNow, all: labels }}
            most={most}
            state={selection.include.includes(value) ? 'in' : selection.exclude.includes(value) ? 'out' : 'open'}
            onToggle={() => onChange(toggleValue(selection, value))}
            onExclude={() => onChange(toggleExcluded(selection, value))}
            onOnly={() => onChange(onlyValue(value))}
          />
        ))}
        {isMissingShown ? (
          <ValueRow
            name={missingName(facet.key)}
            colour={undefined}
            hasColour={ofClasses}
            now={facet.missing_now ?? 0}
            all={facet.missing_all ?? 0}
            most={most}
            state={selection.missing === 'include' ? 'in' : selection.missing === 'exclude' ? 'out' : 'open'}
            onToggle={() => onChange(toggleMissing(selection, 'include'))}
            onExclude={() => onChange(toggleMissing(selection, 'exclude'))}
            onOnly={() => onChange({ include: [], exclude: [], missing: 'include' })}
          />
        ) : null}
      </div>
      {values.length > kShownAtFirst ? (
        <UnstyledButton className={styles['more']} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${formatCount(values.length)}`}
        </UnstyledButton>
      ) : null}
      {values.length === 0 && search !== '' ? <p className={styles['note']}>No value has “{search}”.</p> : null}
      {(facet.distinct ?? 0) > values.length && all ? (
        <p className={styles['note']}>{formatCount((facet.distinct ?? 0) - values.length)} more: search for them.</p>
      ) : null}
    </>
  );
}

interface RowProps {
  name: string;
  colour: number | undefined;
  hasColour: boolean;
  now: number;
  all: number;
  most: number;
  labels?: { now: number; all: number } | undefined;
  state: 'in' | 'out' | 'open';
  onToggle: () => void;
  onExclude: () => void;
  onOnly: () => void;
}

const hints = { in: ' (filtered to)', out: ' (kept out)', open: '' };

function ValueRow({ name, colour, hasColour, now, all, most, labels, state, onToggle, onExclude, onOnly }: RowProps) {
  const regions = labels === undefined ? '' : `${formatCount(labels.now)} of ${formatCount(labels.all)} regions`;
  const onClick = (event: MouseEvent) => {
    if (event.altKey) onExclude();
    // The second click of a double click means "only this"; its first has toggled already.
    else if (event.detail === 2) onOnly();
    else if (event.detail < 2) onToggle();
  };
  return (
    <div className={styles['row']} data-state={state}>
      <UnstyledButton
        className={styles['value']}
        aria-pressed={state !== 'open'}
        title={`${name}\n${regions === '' ? '' : `On ${plural(now, 'sample')} now, with ${regions}\n`}Click filters, Alt-click keeps out, double-click means only this`}
        onClick={onClick}
      >
        <span className={styles['bar']} aria-hidden>
          <span className={styles['bar-all']} style={{ width: `${String((100 * all) / most)}%` }} />
          <span className={styles['bar-now']} style={{ width: `${String((100 * now) / most)}%` }} />
        </span>
        {hasColour ? <ClassDot id={colour} /> : null}
        <span className={styles['text']} aria-hidden>
          {name}
        </span>
        <span className={styles['now']} aria-hidden>
          {formatCount(now)}
        </span>
        <span className={styles['all']} aria-hidden>
          {formatCount(all)}
        </span>
        {labels === undefined ? null : (
          <span className={styles['labels']} aria-hidden>
            {formatCount(labels.now)} regions
          </span>
        )}
        <span className="visually-hidden">{`${name}${hints[state]}: ${formatCount(now)} of ${formatCount(all)}${regions === '' ? '' : ` samples, ${regions}`}`}</span>
      </UnstyledButton>
      <UnstyledButton
        className={styles['exclude']}
        title={state === 'out' ? 'No longer keep out' : 'Keep out (Alt-click)'}
        aria-label={`Keep out ${name}`}
        aria-pressed={state === 'out'}
        onClick={onExclude}
      >
        <IconMinus size={13} />
      </UnstyledButton>
    </div>
  );
}
