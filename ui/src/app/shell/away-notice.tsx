import { Button } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useServerAway } from '../../shared/live/server-away';
import { useEditQueue } from '../../shared/saving/saving';
import styles from './shell.module.css';

// While the server does not answer: what is shown may be old, and nothing is lost.
export function AwayNotice() {
  const client = useQueryClient();
  const queue = useEditQueue();
  if (!useServerAway()) return null;
  const again = () => {
    queue.resume();
    void client.invalidateQueries();
  };
  return (
    <p className={styles['away']} role="status">
      <IconCloudOff size={15} aria-hidden />
      <span>The server does not answer. You see what was last read; edits are kept here and go out when it is back.</span>
      <Button size="compact-xs" variant="default" onClick={again}>
        Try now
      </Button>
    </p>
  );
}
