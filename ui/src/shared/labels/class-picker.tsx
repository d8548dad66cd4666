import { Combobox, Group, Kbd, ScrollArea, useCombobox, type ComboboxProps } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { ClassWithCount } from '../api/types';
import { formatCount } from '../format';
import { ClassDot } from './class-dot';
import { keyForClass, usableClasses } from './class-keys';
import styles from './class-picker.module.css';

const kTakeAway = 'none';

interface Props {
  classes: readonly ClassWithCount[];
  opened: boolean;
  onChange: (opened: boolean) => void;
  // The class's name, or null to take the label away.
  onPick: (name: string | null) => void;
  position?: ComboboxProps['position'];
  // The button that opens it.
  children: ReactNode;
  // Below the list: what else the act does.
  footer?: ReactNode;
}

// Picks a class by key, by typing its name or by pointing.
export function ClassPicker({ classes, opened, onChange, onPick, position = 'top-start', children, footer }: Props) {
  const [search, setSearch] = useState('');
  const combobox = useCombobox({ opened, onOpenedChange: onChange, onDropdownClose: () => setSearch('') });
  const { focusSearchInput, selectFirstOption } = combobox;
  useEffect(() => {
    if (opened) focusSearchInput();
  }, [opened, focusSearchInput]);
  useEffect(() => {
    if (search !== '') selectFirstOption();
  }, [search, selectFirstOption]);

  const found = usableClasses(classes).filter((one) => one.name.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <Combobox
      store={combobox}
      position={position}
      width={260}
      shadow="md"
      onOptionSubmit={(value) => {
        onChange(false);
        onPick(value === kTakeAway ? null : (classes.find((one) => String(one.id) === value)?.name ?? null));
      }}
    >
      <Combobox.Target withAriaAttributes={false}>{children}</Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder="Type a class"
          aria-label="Class"
          onKeyDown={(event) => {
            if (event.key === 'Escape') onChange(false);
          }}
        />
        <Combobox.Options aria-label="Classes">
          <ScrollArea.Autosize mah={280} type="scroll">
            {found.map((one) => {
              const key = keyForClass(classes, one.id);
              return (
                <Combobox.Option key={one.id} value={String(one.id)}>
                  <Group gap="xs" wrap="nowrap">
                    <ClassDot id={one.id} />
                    <span className={styles['name']}>{one.name}</span>
                    <span className={styles['count']}>{formatCount(one.count)}</span>
                    {key === undefined ? null : <Kbd size="xs">{key}</Kbd>}
                  </Group>
                </Combobox.Option>
              );
            })}
            {found.length === 0 ? <Combobox.Empty>No class of that name</Combobox.Empty> : null}
            {search === '' ? (
              <Combobox.Option value={kTakeAway}>
                <Group gap="xs" wrap="nowrap">
                  <ClassDot id={undefined} />
                  <span className={styles['name']}>Take the label away</span>
                  <Kbd size="xs">0</Kbd>
                </Group>
              </Combobox.Option>
            ) : null}
          </ScrollArea.Autosize>
        </Combobox.Options>
        {footer === undefined ? null : <Combobox.Footer>{footer}</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}
