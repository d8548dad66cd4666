import { Progress, Text } from '@mantine/core';
import type { Job } from '../shared/api/types';
import { formatCount, formatDuration, formatNumber } from '../shared/format';
import styles from './imports.module.css';

// How far, how fast, how long still.
export function JobProgress({ job, doing }: { job: Job | undefined; doing: string }) {
  const total = job?.total ?? 0;
  const done = job?.done ?? 0;
  return (
    <div className={styles['progress']} role="status">
      <Progress value={total === 0 ? 100 : (done / total) * 100} animated={total === 0} aria-label={doing} />
      <Text fz="xs" c="dimmed" className="figures">
        {job?.phase === undefined || job.phase === '' ? doing : job.phase}
        {total === 0 ? '' : ` · ${formatCount(done)} of ${formatCount(total)} ${job?.unit ?? ''}`}
        {job?.rate === null || job?.rate === undefined || job.rate === 0 ? '' : ` · ${formatNumber(Math.round(job.rate))} a second`}
        {job?.seconds_left === null || job?.seconds_left === undefined ? '' : ` · ${formatDuration(job.seconds_left)} left`}
      </Text>
    </div>
  );
}
