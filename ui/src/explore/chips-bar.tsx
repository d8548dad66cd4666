import { Button, CloseButton, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconPlus, IconRefresh } from '@tabler/icons-react';
import type { Filter, Result } from '../shared/api/types';
import { useActions } from '../shared/actions/actions';
import { useExploreState } from '../shared/explore-state';
import { clausesOf, ownerOf, setClause, withoutClause } from '../shared/filter/clauses';
import { describeClause } from '../shared/filter/describe';
import { formatCount, plural } from '../shared/format';
import styles from './explore.module.css';

interface Props {
  result: Result | undefined;
  run: string | undefined;
  // Samples that changed after the list was made.
  changed: number;
  onRefresh: () => void;
}

interface QuickFilter {
  name: string;
  clause: Filter;
}

function quickFilters(run: string | undefined): QuickFilter[] {
  const ofRun: QuickFilter[] =
    run === undefined
      ? []
      : [
          { name: 'Wrong predictions', clause: { prediction: { run, correct: false } } },
          { name: 'Unsure predictions (confidence up to 0.5)', clause: { prediction: { run, confidence: [null, 0.5] } } },
          { name: 'Suspected wrong labels', clause: { suspect: { suspected: true } } },
        ];
  return [
    ...ofRun,
    { name: 'Without a label', clause: { label: { set: 'truth', missing: true } } },
    { name: 'Confirmed labels', clause: { label: { set: 'truth', state: ['confirmed'] } } },
    { name: 'With a duplicate', clause: { duplicate: true } },
    { name: 'With a near duplicate', clause: { near_duplicate: true } },
    { name: 'Excluded', clause: { excluded: true } },
  ];
}

// The filter in words, and always how many match.
export function ChipsBar({ result, run, changed, onRefresh }: Props) {
  const { search, setFilter } = useExploreState();
  const clauses = clausesOf(search.filter);
  useActions([
    { id: 'clear-filter', name: 'Clear the filter', group: 'Explore', keys: ['shift+f'], enabled: clauses.length > 0, run: () => setFilter(undefined) },
    { id: 'refresh', name: 'Refresh the list', group: 'Explore', keys: ['r'], run: onRefresh },
  ]);
  return (
    <div className={styles['chips']}>
      <ul className={styles['chip-list']} aria-label="Filter">
        {clauses.map((clause, index) => {
          const words = describeClause(clause);
          return (
            <li key={`${String(index)} ${words}`} className={styles['chip']}>
              <span title={words}>{words}</span>
              <CloseButton size={20} iconSize={12} aria-label={`Remove the filter ${words}`} onClick={() => setFilter(withoutClause(search.filter, index))} />
            </li>
          );
        })}
      </ul>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} />}>
            Filter
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {quickFilters(run).map(({ name, clause }) => (
            <Menu.Item key={name} onClick={() => setFilter(setClause(search.filter, ownerOf(clause), clause))}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Label>More in the facets at the left</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      {clauses.length > 1 ? (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setFilter(undefined)}>
          Clear
        </Button>
      ) : null}
      <div className={styles['grow']} />
      {changed > 0 ? (
        <UnstyledButton className={styles['changed']} onClick={onRefresh} title="What you see stays as it is until you refresh it (R)">
          <IconRefresh size={14} aria-hidden /> {formatCount(changed)} changed, refresh
        </UnstyledButton>
      ) : null}
      <Text className={styles['count']} role="status">
        {result === undefined ? 'counting …' : <Count result={result} isFiltered={clauses.length > 0} />}
      </Text>
    </div>
  );
}

function Count({ result, isFiltered }: { result: Result; isFiltered: boolean }) {
  const note = result.excluded > 0 ? `${formatCount(result.excluded)} excluded ones are not counted` : undefined;
  return (
    <span title={note}>
      {isFiltered ? (
        <>
          <b>{formatCount(result.count)}</b> of {plural(result.total, 'sample')}
        </>
      ) : (
        <b>{plural(result.count, 'sample')}</b>
      )}
    </span>
  );
}
