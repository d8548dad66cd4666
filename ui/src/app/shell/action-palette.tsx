import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { Kbd } from '@mantine/core';
import { showKey, useActions, useAllActions, type Action } from '../../shared/actions/actions';

function keysOf(action: Action) {
  return action.keysShown ?? (action.keys?.[0] === undefined ? undefined : showKey(action.keys[0]));
}

// Ctrl+K: everything that can be done here, by name.
export function ActionPalette() {
  useActions([
    { id: 'palette', name: 'Find an action', group: 'Anywhere', keys: ['mod+k'], inText: true, hidden: true, run: () => spotlight.open() },
  ]);
  const actions = useAllActions().filter((action) => action.hidden !== true && action.enabled !== false);
  return (
    <Spotlight
      shortcut={null}
      nothingFound="No action of that name here"
      highlightQuery
      scrollable
      maxHeight={420}
      limit={60}
      searchProps={{ placeholder: 'What do you want to do?', leftSection: <IconSearch size={18} />, 'aria-label': 'Find an action' }}
      actions={actions.map((action) => {
        const keys = keysOf(action);
        return {
          id: action.id,
          label: action.name,
          description: action.group,
          rightSection: keys === undefined ? undefined : <Kbd size="xs">{keys}</Kbd>,
          // After the palette has closed and given the focus back.
          onClick: () => setTimeout(() => action.run(), 0),
        };
      })}
    />
  );
}
