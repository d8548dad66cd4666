import { Button, Group, Modal, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { formatAgo, formatCount, formatExact, plural } from '../format';
import { useEditQueue, useSavingState } from './saving';

function shown(value: string | null | undefined) {
  return value === null || value === undefined || value === '' ? 'none' : value;
}

// One refused edit at a time, with what the person wanted beside what is there now.
export function ConflictDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const queue = useEditQueue();
  const { conflicts: held } = useSavingState();
  const operation = held[0];
  const conflicts = operation?.conflicts ?? [];
  const choose = (choice: 'mine' | 'theirs') => {
    if (operation !== undefined) queue.settle(operation.id, choice);
    if (held.length <= 1) onClose();
  };
  return (
    <Modal opened={opened && operation !== undefined} onClose={onClose} size="lg" title="Edited by somebody else meanwhile">
      <Stack gap="sm">
        <Text>
          “{operation?.title}” met {plural(conflicts.length, 'value')} that changed after you saw {conflicts.length === 1 ? 'it' : 'them'}.
          Nothing has been overwritten.
        </Text>
        <ScrollArea.Autosize mah={320}>
          <Table fz="sm" aria-label="Conflicts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Sample</Table.Th>
                <Table.Th>You saw</Table.Th>
                <Table.Th>There now</Table.Th>
                <Table.Th>You want</Table.Th>
                <Table.Th>By</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {conflicts.map((conflict) => (
                <Table.Tr key={`${String(conflict.ordinal)} ${conflict.aspect}`}>
                  <Table.Td className="figures">{formatCount(conflict.ordinal)}</Table.Td>
                  <Table.Td>{shown(conflict.expected)}</Table.Td>
                  <Table.Td fw={600}>{shown(conflict.present)}</Table.Td>
                  <Table.Td fw={600}>{shown(conflict.wanted)}</Table.Td>
                  <Table.Td title={formatExact(conflict.at)}>
                    {conflict.author}, {formatAgo(conflict.at)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => choose('theirs')} data-autofocus>
            Keep what is there
          </Button>
          <Button onClick={() => choose('mine')}>Use mine</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
