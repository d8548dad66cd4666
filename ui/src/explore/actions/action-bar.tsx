import { Button, Checkbox, Kbd, Menu, Tooltip } from '@mantine/core';
import { IconArrowsSplit2, IconCheck, IconEyeOff, IconEye, IconFilter, IconLink, IconSearch, IconTag, IconTagOff, IconX, IconFolders } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Ordinal, Project, Result, Split } from '../../shared/api/types';
import { useActions } from '../../shared/actions/actions';
import { useExploreState } from '../../shared/explore-state';
import { clausesOf, setClause } from '../../shared/filter/clauses';
import { formatCount } from '../../shared/format';
import { classForKey, kDigitKeys } from '../../shared/labels/class-keys';
import { ClassPicker } from '../../shared/labels/class-picker';
import { splitNames } from '../../shared/results/results-query';
import { useEdits } from '../../shared/saving/use-edit';
import { clearSelection, countSelected, currentSelection, select, useSelection } from '../../shared/selection/selection';
import type { GridHandle } from '../grid/grid';
import styles from '../explore.module.css';
import { confirmAct, describeAct, excludeAct, kAskFrom, setClassAct, splitAct, tagAct, untagAct, type BulkAct } from './bulk';
import { useChosenLink } from './use-chosen-link';
import { ConfirmBulk } from './confirm-bulk';
import { TagPicker } from '../../shared/labels/tag-picker';

interface Props {
  project: Project;
  result: Result;
  grid: React.RefObject<GridHandle | null>;
  // Keys act only while nothing lies over the grid.
  enabled: boolean;
}

type Opened = 'class' | 'tag' | 'untag' | undefined;

const kSimilarAtMost = 1000;

// What can be done with the selection, else with the tile that has the focus.
export function ActionBar({ project, result, grid, enabled }: Props) {
  const { search, update } = useExploreState();
  const selection = useSelection();
  const edits = useEdits(project.card.id);
  const [opened, setOpened] = useState<Opened>();
  const [movesToTrain, setMovesToTrain] = useState(false);
  const [asked, setAsked] = useState<{ act: BulkAct; count: number }>();
  const count = countSelected(selection);

  const targets = (): Ordinal[] => {
    const now = currentSelection();
    if (now.kind === 'some') return [...now.ordinals];
    const active = grid.current?.activeTile();
    return active === undefined ? [] : [active.ordinal];
  };
  const apply = (act: BulkAct, reason = '') => {
    const now = currentSelection();
    const more = reason === '' ? {} : { reason };
    const base = grid.current?.asOf() ?? result.as_of;
    if (now.kind === 'all') {
      edits.edit(describeAct(act, now.count), { result: now.result }, act.set, base, more);
      return;
    }
    const ordinals = targets();
    if (ordinals.length > 0) edits.edit(describeAct(act, ordinals.length), { ordinals }, act.set, base, more);
  };
  const act = (wanted: BulkAct) => {
    const now = currentSelection();
    const touched = now.kind === 'all' ? now.count : targets().length;
    if (now.kind === 'all' || touched >= kAskFrom) setAsked({ act: wanted, count: touched });
    else apply(wanted);
    grid.current?.focus();
  };
  const setClass = (name: string | null) => act(setClassAct(name, movesToTrain && canMoveToTrain && name !== null ? 'train' : undefined));

  const onlyPool = clausesOf(search.filter).some((clause) => 'split' in clause && clause.split.length === 1 && clause.split[0] === 'pool');
  const seen = selection.kind === 'some' ? (grid.current?.tilesSelected(selection.ordinals) ?? []) : [];
  const canMoveToTrain = onlyPool || (seen.length > 0 && seen.length === count && seen.every((tile) => tile.split === 'pool'));

  const findSimilar = () => {
    const to = targets().slice(0, kSimilarAtMost);
    if (to.length === 0) return;
    clearSelection();
    update({ filter: setClause(undefined, 'similar', { similar: { to } }), sort: { by: 'similarity' } });
  };
  const link = useChosenLink(project.card.id);
  const { copy } = link;
  const selectAll = () => {
    if (result.count > 0) select({ kind: 'all', result: result.id, count: result.count });
  };

  const group = 'Selected samples';
  useActions([
    { id: 'select-all', name: 'Select all that match', group, keys: ['mod+a'], enabled, run: selectAll },
    { id: 'select-none', name: 'Select nothing', group, keys: ['Escape'], enabled: enabled && count > 0, run: clearSelection },
    { id: 'class-key', name: 'Set class by its number', group, keys: [...kDigitKeys], keysShown: '1–9', enabled, hidden: true, run: (event) => {
      const found = event === undefined ? undefined : classForKey(project.classes, event.key);
      if (found !== undefined) setClass(found.name);
    } },
    { id: 'class-none', name: 'Take the label away', group, keys: ['0'], enabled, run: () => setClass(null) },
    { id: 'class', name: 'Set class …', group, keys: ['c'], enabled, run: () => setOpened('class') },
    { id: 'confirm', name: 'Confirm the label', group, keys: ['k'], enabled, run: () => act(confirmAct) },
    { id: 'tag', name: 'Add tag …', group, keys: ['t'], enabled, run: () => setOpened('tag') },
    { id: 'untag', name: 'Remove tag …', group, keys: ['shift+t'], enabled: enabled && project.tags.length > 0, run: () => setOpened('untag') },
    { id: 'exclude', name: 'Exclude', group, keys: ['x'], enabled, run: () => act(excludeAct(true)) },
    { id: 'include', name: 'Bring back', group, keys: ['shift+x'], enabled, run: () => act(excludeAct(false)) },
    { id: 'similar', name: 'Find similar', group, keys: ['s'], enabled, run: findSimilar },
    { id: 'only-these', name: 'Show only these', group, keys: ['o'], enabled: enabled && selection.kind === 'some', run: () => link.show(targets()) },
    { id: 'copy-link', name: 'Copy a link to these', group, keys: ['y'], enabled: enabled && selection.kind === 'some' && copy !== undefined, run: () => copy?.(targets()) },
    ...splitNames.map((split: Split) => ({ id: `split-${split}`, name: `Move to ${split}`, group, enabled, run: () => act(splitAct(split)) })),
  ]);

  // Stays as long as one of its lists is open, which a key may have opened for the tile in focus.
  if (count === 0 && opened === undefined && asked === undefined) return null;
  return (
    <div className={styles['actions']} role="toolbar" aria-label="Selected samples">
      <span className={styles['selected']} role="status">
        {selection.kind === 'all' ? `All ${formatCount(count)} that match` : count === 0 ? 'This sample' : `${formatCount(count)} selected`}
      </span>
      {selection.kind === 'some' && count < result.count ? (
        <Button variant="subtle" size="compact-sm" onClick={selectAll}>
          Select all {formatCount(result.count)}
        </Button>
      ) : null}
      <span className={styles['separator']} />
      <ClassPicker
        classes={project.classes}
        opened={opened === 'class'}
        onChange={(open) => setOpened(open ? 'class' : undefined)}
        onPick={setClass}
        footer={
          canMoveToTrain ? (
            <Checkbox label="and move to train" checked={movesToTrain} onChange={(event) => setMovesToTrain(event.currentTarget.checked)} />
          ) : undefined
        }
      >
        <BarButton keys="1–9" onClick={() => setOpened('class')}>
          Set class
        </BarButton>
      </ClassPicker>
      {canMoveToTrain ? (
        <Checkbox mx="xs" label="and move to train" checked={movesToTrain} onChange={(event) => setMovesToTrain(event.currentTarget.checked)} />
      ) : null}
      <BarButton keys="K" icon={<IconCheck size={15} />} onClick={() => act(confirmAct)}>
        Confirm
      </BarButton>
      <TagPicker tags={project.tags} canMake opened={opened === 'tag'} onChange={(open) => setOpened(open ? 'tag' : undefined)} onPick={(tag) => act(tagAct(tag))}>
        <BarButton keys="T" icon={<IconTag size={15} />} onClick={() => setOpened('tag')}>
          Tag
        </BarButton>
      </TagPicker>
      {project.tags.length === 0 ? null : (
        <TagPicker tags={project.tags} canMake={false} opened={opened === 'untag'} onChange={(open) => setOpened(open ? 'untag' : undefined)} onPick={(tag) => act(untagAct(tag))}>
          <BarButton keys="Shift T" icon={<IconTagOff size={15} />} onClick={() => setOpened('untag')}>
            Untag
          </BarButton>
        </TagPicker>
      )}
      <Menu position="top-start">
        <Menu.Target>
          <Button variant="subtle" color="gray" c="var(--ink)" size="compact-sm" leftSection={<IconFolders size={15} />}>
            Split
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {splitNames.map((split) => (
            <Menu.Item key={split} leftSection={<IconArrowsSplit2 size={14} />} onClick={() => act(splitAct(split))}>
              Move to {split}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <BarButton keys="X" icon={<IconEyeOff size={15} />} onClick={() => act(excludeAct(true))}>
        Exclude
      </BarButton>
      <BarButton keys="Shift X" icon={<IconEye size={15} />} onClick={() => act(excludeAct(false))}>
        Bring back
      </BarButton>
      {selection.kind === 'all' ? null : (
        <BarButton keys="S" icon={<IconSearch size={15} />} onClick={findSimilar}>
          Find similar
        </BarButton>
      )}
      {selection.kind === 'some' ? (
        <>
          <BarButton keys="O" icon={<IconFilter size={15} />} onClick={() => link.show(targets())}>
            Only these
          </BarButton>
          {copy === undefined ? null : (
            <BarButton keys="Y" icon={<IconLink size={15} />} onClick={() => copy(targets())}>
              Copy link
            </BarButton>
          )}
        </>
      ) : null}
      <span style={{ flex: 1 }} />
      <BarButton keys="Esc" icon={<IconX size={15} />} onClick={clearSelection}>
        Select nothing
      </BarButton>
      {asked === undefined ? null : (
        <ConfirmBulk
          act={asked.act}
          count={asked.count}
          onClose={() => setAsked(undefined)}
          onConfirm={(reason) => {
            setAsked(undefined);
            apply(asked.act, reason);
          }}
        />
      )}
    </div>
  );
}

function BarButton({ keys, icon, onClick, children, ...others }: { keys: string; icon?: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={<Kbd size="xs">{keys}</Kbd>}>
      <Button variant="subtle" color="gray" c="var(--ink)" size="compact-sm" leftSection={icon} onClick={onClick} {...others}>
        {children}
      </Button>
    </Tooltip>
  );
}
