import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { Kbd } from '@mantine/core';
import { kAnywhere, showKey, useActions, useAllActions, type Action } from '../../shared/actions/actions';

function keysOf(action: Action) {
  return action.keysShown ?? (action.keys?.[0] === undefined ? undefined : showKey(action.keys[0]));
}

// What belongs to the screen first, what is there anywhere last.
function grouped(actions: readonly Action[]): [string, Action[]][] {
  const groups = Map.groupBy(actions, ({ group }) => group);
  return [...groups].sort(([a], [b]) => Number(a === kAnywhere) - Number(b === kAnywhere));
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
      attributes={{ content: { 'aria-label': 'Actions' } }}
      overlayProps={{ backgroundOpacity: 0.3, blur: 0 }}
      actions={grouped(actions).map(([group, members]) => ({
        group,
        actions: members.map((action) => {
          const keys = keysOf(action);
          return {
            id: action.id,
            label: action.name,
            rightSection: keys === undefined ? undefined : <Kbd size="xs">{keys}</Kbd>,
            // After the palette has closed and given the focus back.
            onClick: () => setTimeout(() => action.run(), 0),
          };
        }),
      }))}
    />
  );
}
