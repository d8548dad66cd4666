import { Group, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLoader2 } from '@tabler/icons-react';
import { plural } from '../format';
import { useEditQueue, useSavingState } from './saving';
import styles from './saved-state.module.css';

const kKept = 'Your edits are kept in this browser';
const kNotKept = 'This browser keeps nothing when the tab is closed: leave it open';

const looks = {
  opening: { icon: IconLoader2, hint: () => 'Looking for edits that still wait in this browser.' },
  saved: { icon: IconCheck, hint: () => 'Every edit is on disk.' },
  saving: { icon: IconLoader2, hint: () => 'Edits are on their way.' },
  offline: { icon: IconCloudOff, hint: (kept: string) => `The server does not answer. ${kept}, and they go out when it is back. Click to try now.` },
  unable: { icon: IconCloudOff, hint: (kept: string, reason: string) => `${reason} ${kept}, and they are tried again. Click to try now.` },
  'signed-out': { icon: IconCloudOff, hint: (kept: string) => `You are signed out. ${kept}, and they go out once you are in again.` },
  conflict: { icon: IconAlertTriangle, hint: () => 'Somebody else edited the same samples. Click to choose.' },
} as const;

// Always visible: whether what the person did is on disk.
export function SavedState({ onOpenConflicts }: { onOpenConflicts: () => void }) {
  const queue = useEditQueue();
  const { status, waiting, conflicts, isKept, reason = '' } = useSavingState();
  const { icon: Icon, hint } = looks[status];
  const wait = `${plural(waiting.length, 'change waits', 'changes wait')}${isKept ? '' : ', keep this tab open'}`;
  const text = {
    opening: 'opening',
    saved: 'saved',
    saving: waiting.length > 1 ? `saving ${String(waiting.length)}` : 'saving',
    offline: `offline: ${wait}`,
    unable: `not saved: ${wait}`,
    'signed-out': `signed out: ${wait}`,
    conflict: plural(conflicts.length, 'conflict'),
  }[status];
  return (
    <Tooltip label={hint(isKept ? kKept : kNotKept, reason)} multiline maw={280}>
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
