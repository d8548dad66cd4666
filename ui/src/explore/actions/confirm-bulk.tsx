import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { formatCount, plural } from '../../shared/format';
import { describeAct, type BulkAct } from './bulk';

interface Props {
  act: BulkAct;
  count: number;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

// Before many samples change at once: how many, and why if the person wants to say it.
export function ConfirmBulk({ act, count, onConfirm, onClose }: Props) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened onClose={onClose} title={`${act.title}?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(reason.trim());
        }}
      >
        <Stack gap="sm">
          <Text>
            {describeAct(act, count)}, as one change. One undo takes it back for all {formatCount(count)}.
          </Text>
          <TextInput label="Reason (optional)" maxLength={2000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" data-autofocus>
              {act.title} on {plural(count, 'sample')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
