import { Group, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLoader2 } from '@tabler/icons-react';
import { plural } from '../format';
import { useEditQueue, useSavingState } from './saving';
import styles from './saved-state.module.css';

const looks = {
  saved: { icon: IconCheck, hint: 'Every edit is on disk.' },
  saving: { icon: IconLoader2, hint: 'Edits are on their way.' },
  offline: { icon: IconCloudOff, hint: 'The server does not answer. Your edits are kept in this browser and go out when it is back. Click to try now.' },
  'signed-out': { icon: IconCloudOff, hint: 'You are signed out. Your edits are kept in this browser and go out once you are in again.' },
  conflict: { icon: IconAlertTriangle, hint: 'Somebody else edited the same samples. Click to choose.' },
} as const;

// Always visible: whether what the person did is on disk.
export function SavedState({ onOpenConflicts }: { onOpenConflicts: () => void }) {
  const queue = useEditQueue();
  const { status, waiting, conflicts } = useSavingState();
  const { icon: Icon, hint } = looks[status];
  const text = {
    saved: 'saved',
    saving: waiting.length > 1 ? `saving ${String(waiting.length)}` : 'saving',
    offline: `offline: ${plural(waiting.length, 'change waits', 'changes wait')}`,
    'signed-out': `signed out: ${plural(waiting.length, 'change waits', 'changes wait')}`,
    conflict: plural(conflicts.length, 'conflict'),
  }[status];
  return (
    <Tooltip label={hint} multiline maw={280}>
      <UnstyledButton
        className={styles['state']}
        aria-label={text}
        data-status={status}
        onClick={status === 'conflict' || conflicts.length > 0 ? onOpenConflicts : queue.resume}
      >
        <Group gap={4} wrap="nowrap" role="status">
          <Icon size={15} aria-hidden />
          <span>{text}</span>
        </Group>
      </UnstyledButton>
    </Tooltip>
  );
}
