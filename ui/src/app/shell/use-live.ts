import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { listen, type ServerEvent } from '../../shared/api/events';
import { noteSequence } from '../../shared/live/head';
import { jobsKey } from '../../shared/live/jobs-query';
import { frozenKey, liveKey } from '../../shared/live/keys';
import { useEditQueue } from '../../shared/saving/saving';

const kAtMostEvery = 700;

// Keeps what is shown of a project fresh: reads it again when the server says that it changed.
export function useLive(project: string): void {
  const client = useQueryClient();
  const queue = useEditQueue();
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        void client.invalidateQueries({ queryKey: liveKey(project) });
        void client.invalidateQueries({ queryKey: ['projects'] });
      }, kAtMostEvery);
    };
    const refreshJobs = () => void client.invalidateQueries({ queryKey: jobsKey(project) });
    const onEvent = (event: ServerEvent) => {
      if (event.kind === 'job') {
        refreshJobs();
        if (event.job.state !== 'running') refresh();
        return;
      }
      if (event.project !== project) return;
      if (event.kind === 'change') noteSequence(project, event.sequence);
      if (event.kind === 'ready') void client.invalidateQueries({ queryKey: frozenKey(project, event.view) });
      refresh();
    };
    const stop = listen(project, {
      onEvent,
      onPoll: () => {
        refresh();
        refreshJobs();
      },
      onOpen: () => {
        queue.resume();
        refresh();
        refreshJobs();
      },
    });
    return () => {
      clearTimeout(waiting);
      stop();
    };
  }, [client, project, queue]);
}
