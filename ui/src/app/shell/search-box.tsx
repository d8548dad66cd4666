import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useActions } from '../../shared/actions/actions';
import { parseExploreSearch } from '../../shared/explore-link';
import { setClause } from '../../shared/filter/clauses';

// Finds samples whose path holds a text, as one more clause of the filter.
export function SearchBox({ project }: { project: string }) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const search: Record<string, unknown> = useSearch({ strict: false });
  useActions([{ id: 'search', name: 'Search by name or path', group: 'Anywhere', keys: ['/'], run: () => input.current?.focus() }]);

  const submit = () => {
    const wanted = text.trim();
    if (wanted === '') return;
    const explore = parseExploreSearch(search);
    const filter = setClause(explore.filter, 'path', { path: wanted });
    setText('');
    input.current?.blur();
    void navigate({ to: `/projects/${project}/explore`, search: { ...explore, sample: undefined, filter } });
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        ref={input}
        w={220}
        placeholder="Search by name or path"
        aria-label="Search by name or path"
        leftSection={<IconSearch size={15} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
