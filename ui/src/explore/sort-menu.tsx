import { Button, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconArrowsSort, IconCheck } from '@tabler/icons-react';
import type { Project, Sort } from '../shared/api/types';
import { useExploreState } from '../shared/explore-state';
import { clausesOf } from '../shared/filter/clauses';

interface Choice {
  name: string;
  sort: Sort | undefined;
}

function choices(project: Project, run: string | undefined, hasSimilar: boolean): { group: string; items: Choice[] }[] {
  const ofRun: Choice[] =
    run === undefined
      ? []
      : [
          { name: 'Least confident first', sort: { by: 'confidence' } },
          { name: 'Most confident first', sort: { by: 'confidence', descending: true } },
          { name: 'Smallest margin first', sort: { by: 'margin' } },
          { name: 'Most suspect label first', sort: { by: 'label_score' } },
        ];
  const quality = (['sharpness', 'brightness', 'contrast', 'colourfulness', 'entropy', 'width', 'height', 'bytes'] as const).map((by) => ({
    name: by.charAt(0).toUpperCase() + by.slice(1),
    sort: { by },
  }));
  return [
    {
      group: 'Order',
      items: [
        ...(hasSimilar ? [{ name: 'Most similar first', sort: { by: 'similarity' as const } }] : []),
        { name: 'As imported', sort: undefined },
        { name: 'Path', sort: { by: 'path' as const } },
        { name: 'Last changed first', sort: { by: 'changed' as const, descending: true } },
      ],
    },
    { group: 'Model', items: ofRun },
    { group: 'Quality, least first', items: quality },
    { group: 'Fields', items: project.fields.map((field) => ({ name: field.name, sort: { by: 'field' as const, field: field.name } })) },
  ].filter(({ items }) => items.length > 0);
}

function isSame(a: Sort | undefined, b: Sort | undefined): boolean {
  return a?.by === b?.by && (a?.descending ?? false) === (b?.descending ?? false) && a?.field === b?.field;
}

export function SortMenu({ project, run }: { project: Project; run: string | undefined }) {
  const { search, update } = useExploreState();
  const hasSimilar = clausesOf(search.filter).some((clause) => 'similar' in clause);
  const groups = choices(project, run, hasSimilar);
  const { sort } = search;
  const current = groups.flatMap(({ items }) => items).find((item) => isSame(item.sort, sort) || isSame(item.sort, { ...sort, by: sort?.by ?? 'ordinal', descending: !(sort?.descending ?? false) }));
  const Direction = sort?.descending === true ? IconArrowDown : IconArrowUp;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" c="var(--ink-soft)" size="compact-sm" leftSection={<IconArrowsSort size={14} />}>
          {sort === undefined ? 'As imported' : (current?.name ?? sort.by)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {groups.map(({ group, items }) => (
          <div key={group}>
            <Menu.Label>{group}</Menu.Label>
            {items.map((item) => (
              <Menu.Item
                key={item.name}
                leftSection={isSame(item.sort, sort) ? <IconCheck size={14} aria-label="chosen" /> : <span style={{ width: 14 }} />}
                onClick={() => update({ sort: item.sort })}
              >
                {item.name}
              </Menu.Item>
            ))}
          </div>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Direction size={14} />}
          disabled={sort === undefined}
          onClick={() => sort !== undefined && update({ sort: { ...sort, descending: !(sort.descending ?? false) } })}
        >
          Turn the order around
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
