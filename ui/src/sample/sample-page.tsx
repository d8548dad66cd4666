import { ActionIcon, Button, Center, Group, Loader, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useActions } from '../shared/actions/actions';
import type { Ordinal } from '../shared/api/types';
import { useExploreState } from '../shared/explore-state';
import { formatCount } from '../shared/format';
import { useProject } from '../shared/project/project-query';
import { sampleQuery } from '../shared/results/results-query';
import { useResult } from '../shared/results/use-result';
import { ProblemPage } from '../shared/ui/problem-page';
import { Details } from './details';
import { Photo } from './photo';
import { mediaUrl } from './sample-queries';
import styles from './sample.module.css';

// One sample over the grid: the photograph at the left, everything known of it at the right.
export function SamplePage({ ordinal }: { ordinal: Ordinal }) {
  const project = useProject();
  const id = project.card.id;
  const { update } = useExploreState();
  const { lastOrdinals: ordinals, result } = useResult(id);
  const client = useQueryClient();
  const page = useRef<HTMLElement>(null);
  const { data: sample, error, refetch } = useQuery({ ...sampleQuery(id, ordinal), placeholderData: keepPreviousData });

  const index = useMemo(() => ordinals?.indexOf(ordinal) ?? -1, [ordinals, ordinal]);
  const previous = index > 0 ? ordinals?.[index - 1] : undefined;
  const next = index >= 0 ? ordinals?.[index + 1] : undefined;
  const go = (to: Ordinal | undefined) => {
    if (to !== undefined) update({ sample: to }, { replace: true });
  };
  const close = () => update({ sample: undefined });

  // The neighbours in the list are fetched ahead, so that walking shows the next photograph at once.
  useEffect(() => {
    for (const near of [next, previous]) {
      if (near === undefined) continue;
      void client.prefetchQuery(sampleQuery(id, near));
      new Image().src = mediaUrl(id, near);
    }
  }, [client, id, next, previous]);
  useEffect(() => page.current?.focus(), []);
  useActions(
    [
      { id: 'close', name: 'Back to the grid', group: 'Sample', keys: ['Escape'], run: close },
      { id: 'previous', name: 'Previous sample', group: 'Sample', keys: ['ArrowLeft', 'a'], enabled: previous !== undefined, run: () => go(previous) },
      { id: 'next', name: 'Next sample', group: 'Sample', keys: ['ArrowRight', 'd'], enabled: next !== undefined, run: () => go(next) },
    ],
    1,
  );

  return (
    <article ref={page} className={styles['page']} aria-label={`Sample ${formatCount(ordinal)}`} tabIndex={-1}>
      <header className={styles['head']}>
        <Button variant="subtle" color="gray" c="var(--ink-soft)" size="compact-sm" leftSection={<IconX size={15} />} onClick={close}>
          Close
        </Button>
        <h2 className={styles['path']} title={sample?.path}>
          {sample?.path ?? ''}
        </h2>
        <Group gap={2} wrap="nowrap">
          <Tooltip label="Previous (←)">
            <ActionIcon aria-label="Previous sample" disabled={previous === undefined} onClick={() => go(previous)}>
              <IconChevronLeft size={18} />
            </ActionIcon>
          </Tooltip>
          <span className={styles['place']}>
            {index < 0 ? 'outside of the filter' : `${formatCount(index + 1)} of ${formatCount(result?.count ?? 0)}`}
          </span>
          <Tooltip label="Next (→)">
            <ActionIcon aria-label="Next sample" disabled={next === undefined} onClick={() => go(next)}>
              <IconChevronRight size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </header>
      {sample === undefined ? (
        error === null ? (
          <Center h="60%">
            <Loader size="sm" aria-label="Loading the sample" />
          </Center>
        ) : (
          <ProblemPage error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className={styles['body']}>
          <Photo
            key={sample.ordinal}
            project={id}
            ordinal={sample.ordinal}
            width={sample.media.width}
            height={sample.media.height}
            alt={`Photograph ${sample.path}`}
          />
          <Details project={project} sample={sample} onOpen={(other) => update({ sample: other })} />
        </div>
      )}
    </article>
  );
}
