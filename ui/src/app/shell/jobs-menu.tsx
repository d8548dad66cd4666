import { ActionIcon, Button, Group, Indicator, Popover, Progress, ScrollArea, Stack, Text, Tooltip } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../shared/api/client';
import type { Job } from '../../shared/api/types';
import { formatAgo, formatCount, formatDuration, formatExact, formatNumber } from '../../shared/format';
import { jobsKey, jobsQuery } from '../../shared/live/jobs-query';
import { complain } from '../../shared/toasts/toasts';

const kShown = 20;

function isActive(job: Job) {
  return job.state === 'running' || job.state === 'waiting';
}

// Background work: how far it is, how long it takes, and its cancel. It never blocks a screen.
export function JobsMenu({ project }: { project: string }) {
  const { data: jobs = [] } = useQuery({
    ...jobsQuery(project),
    refetchInterval: (query) => (query.state.data?.some(isActive) === true ? 1500 : false),
  });
  const active = jobs.filter(isActive);
  const running = active.filter((job) => job.state === 'running').length;
  const counts = [running > 0 ? `${formatCount(running)} running` : [], active.length > running ? `${formatCount(active.length - running)} waiting` : []].flat();
  const label = active.length === 0 ? 'Jobs: nothing is running' : `Jobs: ${counts.join(', ')}`;
  return (
    <Popover position="bottom-end" width={360} trapFocus>
      <Popover.Target>
        <Tooltip label={label}>
          <Indicator disabled={active.length === 0} processing size={8} offset={5} color="copper">
            <ActionIcon aria-label={label}>
              <IconActivity size={18} stroke={1.6} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Text fw={600} mb={4}>
          Jobs
        </Text>
        {jobs.length === 0 ? <Text c="dimmed">Nothing has run in this project yet.</Text> : null}
        <ScrollArea.Autosize mah={420}>
          <Stack gap="xs">
            {jobs.slice(0, kShown).map((job) => (
              <JobRow key={job.id} job={job} project={project} />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function progressText(job: Job): string {
  const parts = job.total > 0 ? [`${formatCount(job.done)} of ${formatCount(job.total)}${job.unit === undefined ? '' : ` ${job.unit}`}`] : [];
  if (typeof job.rate === 'number') parts.push(`${formatNumber(job.rate)} a second`);
  if (typeof job.seconds_left === 'number') parts.push(`${formatDuration(job.seconds_left)} left`);
  return parts.join(' · ');
}

function JobRow({ job, project }: { job: Job; project: string }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.post('/api/v1/jobs/{job}/cancel', { path: { job: job.id } }),
    onSettled: () => client.invalidateQueries({ queryKey: jobsKey(project) }),
    onError: (error) => complain(error, 'The job could not be cancelled'),
  });
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs" mih={24}>
        <Text truncate>{job.name}</Text>
        {isActive(job) ? (
          <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()} aria-label={`Cancel ${job.name}`}>
            Cancel
          </Button>
        ) : (
          <Text c="dimmed" fz="xs" flex="none" title={formatExact(job.created_at)}>
            {job.state === 'done' ? 'done' : job.state} · {formatAgo(job.created_at)}
          </Text>
        )}
      </Group>
      {job.state === 'running' ? (
        <>
          <Progress value={job.total > 0 ? (100 * job.done) / job.total : 100} animated={job.total === 0} size="sm" aria-label={job.name} />
          <Text c="dimmed" fz="xs" className="figures">
            {progressText(job)}
          </Text>
        </>
      ) : job.state === 'waiting' ? (
        <Text c="dimmed" fz="xs">
          {job.failure === undefined ? 'waiting' : `${job.failure} It is tried again soon.`}
        </Text>
      ) : job.failure === undefined ? null : (
        <Text c="var(--wrong)" fz="xs">
          {job.failure}
        </Text>
      )}
    </Stack>
  );
}
