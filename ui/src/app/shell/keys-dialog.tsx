import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { showKey, useActions, useAllActions, type Action } from '../../shared/actions/actions';

function byGroup(actions: readonly Action[]): [string, Action[]][] {
  const groups = new Map<string, Action[]>();
  for (const action of actions) groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
  return [...groups];
}

// `?`: the keys of this screen.
export function KeysDialog() {
  const [opened, { open, close }] = useDisclosure();
  useActions([{ id: 'keys', name: 'Show the keys of this screen', group: 'Anywhere', keys: ['?'], run: open }]);
  const actions = useAllActions().filter((action) => action.keysShown !== undefined || action.keys !== undefined);
  return (
    <Modal opened={opened} onClose={close} title="Keys on this screen" size="xl">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        {byGroup(actions).map(([group, members]) => (
          <Stack key={group} gap={4} component="section" aria-label={group}>
            <Title order={3}>{group}</Title>
            {members.map((action) => (
              <Group key={action.id} justify="space-between" wrap="nowrap" mih={24}>
                <Text>{action.name}</Text>
                <Group gap={4} wrap="nowrap">
                  {(action.keysShown === undefined ? (action.keys ?? []).map(showKey) : [action.keysShown]).map((key) => (
                    <Kbd key={key} size="xs">
                      {key}
                    </Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
