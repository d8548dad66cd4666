import { Button, Group, SegmentedControl, SimpleGrid, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useActions } from '../shared/actions/actions';
import { projectsQuery } from '../shared/project/projects-query';
import { PersonMenu } from '../shared/session/person-menu';
import { EmptyState } from '../shared/ui/empty-state';
import { Mark } from '../shared/ui/mark';
import { PageHeader } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { CreateProject } from './create-project';
import { ProjectCard } from './project-card';
import styles from './projects.module.css';

// The wall of projects, and its trash.
export function ProjectsPage() {
  const [shown, setShown] = useState<'here' | 'trash'>('here');
  const { data: projects, error, refetch } = useQuery(projectsQuery(shown === 'trash'));
  const [creating, { open, close }] = useDisclosure();
  useActions([{ id: 'new-project', name: 'New project', group: 'Projects', keys: ['n'], run: open }]);
  return (
    <div className={styles['page']}>
      <PageHeader title="Projects" lead={<Mark />}>
        <SegmentedControl
          aria-label="Which projects"
          value={shown}
          onChange={(value) => setShown(value as 'here' | 'trash')}
          data={[
            { value: 'here', label: 'Projects' },
            { value: 'trash', label: 'Trash' },
          ]}
        />
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          New project
        </Button>
        <PersonMenu />
      </PageHeader>
      <main className={styles['wall']}>
        {projects === undefined ? (
          error === null ? (
            <Waiting />
          ) : (
            <ProblemPage error={error} onRetry={() => void refetch()} />
          )
        ) : projects.length === 0 ? (
          <NoProjects trashed={shown === 'trash'} onCreate={open} />
        ) : (
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }} spacing="md" component="ul" className={styles['list']}>
            {projects.map((project) => (
              <ProjectCard key={project.id} project={project} />
            ))}
            {shown === 'here' ? <BeginCard onCreate={open} /> : null}
          </SimpleGrid>
        )}
      </main>
      <CreateProject opened={creating} onClose={close} />
    </div>
  );
}

// One's own photographs are one step away, also beside the demo.
function BeginCard({ onCreate }: { onCreate: () => void }) {
  return (
    <li>
      <button type="button" className={styles['begin']} onClick={onCreate}>
        <IconPlus size={24} stroke={1.4} aria-hidden />
        <b>Your own photographs</b>
        <span>Name a project, then bring a folder, a zip or a table. They stay on this machine.</span>
      </button>
    </li>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }} spacing="md" aria-label="Loading projects">
      {[0, 1, 2].map((index) => (
        <Skeleton key={index} height={220} radius={4} />
      ))}
    </SimpleGrid>
  );
}

function NoProjects({ trashed, onCreate }: { trashed: boolean; onCreate: () => void }) {
  if (trashed) return <EmptyState title="The trash is empty">Projects that you put in the trash wait here until you bring them back.</EmptyState>;
  return (
    <EmptyState
      title="No projects yet"
      action={
        <Group>
          <Button leftSection={<IconPlus size={16} />} onClick={onCreate}>
            New project
          </Button>
        </Group>
      }
    >
      A project is one question asked of one stream of photographs: its samples, classes and history.
    </EmptyState>
  );
}
