import { Combobox, Group, useCombobox } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';

interface Props {
  tags: readonly string[];
  // New tags can be made by typing them.
  canMake: boolean;
  opened: boolean;
  onChange: (opened: boolean) => void;
  onPick: (tag: string) => void;
  children: ReactNode;
}

export function TagPicker({ tags, canMake, opened, onChange, onPick, children }: Props) {
  const [search, setSearch] = useState('');
  const combobox = useCombobox({ opened, onOpenedChange: onChange, onDropdownClose: () => setSearch('') });
  const { focusSearchInput, selectFirstOption } = combobox;
  useEffect(() => {
    if (opened) focusSearchInput();
  }, [opened, focusSearchInput]);
  useEffect(() => {
    if (search !== '') selectFirstOption();
  }, [search, selectFirstOption]);
  const wanted = search.trim();
  const found = tags.filter((tag) => tag.toLowerCase().includes(wanted.toLowerCase()));
  const isNew = canMake && wanted !== '' && !tags.includes(wanted);
  return (
    <Combobox
      store={combobox}
      position="top-start"
      width={240}
      shadow="md"
      onOptionSubmit={(tag) => {
        onChange(false);
        onPick(tag);
      }}
    >
      <Combobox.Target withAriaAttributes={false}>{children}</Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          maxLength={120}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={canMake ? 'Type a tag, old or new' : 'Type a tag'}
          aria-label="Tag"
          onKeyDown={(event) => {
            if (event.key === 'Escape') onChange(false);
          }}
        />
        <Combobox.Options aria-label="Tags" mah={260} style={{ overflowY: 'auto' }}>
          {found.map((tag) => (
            <Combobox.Option key={tag} value={tag}>
              {tag}
            </Combobox.Option>
          ))}
          {isNew ? (
            <Combobox.Option value={wanted}>
              <Group gap={4}>
                <IconPlus size={14} aria-hidden /> New tag “{wanted}”
              </Group>
            </Combobox.Option>
          ) : null}
          {found.length === 0 && !isNew ? <Combobox.Empty>{canMake ? 'No tags yet: type one' : 'No tag of that name'}</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
