import { Loader, Center } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { projectQuery, useProjectId } from '../../shared/project/project-query';
import { Navigation } from './navigation';
import { TopBar } from './top-bar';
import { useLive } from './use-live';
import styles from './shell.module.css';

// The frame of every screen of a project.
export function ProjectLayout() {
  return (
    <Suspense fallback={<Waiting />}>
      <Frame />
    </Suspense>
  );
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader size="sm" aria-label="Loading" />
    </Center>
  );
}

function Frame() {
  const id = useProjectId();
  useLive(id);
  const { data: project } = useSuspenseQuery(projectQuery(id));
  return (
    <div className={styles['frame']}>
      <a className={styles['skip']} href="#screen">
        Skip to the screen
      </a>
      <Navigation project={id} />
      <TopBar project={project} />
      <main className={styles['screen']} id="screen" tabIndex={-1}>
        {project.banner === undefined || project.banner === '' ? null : (
          <p className={styles['banner']} role="note">
            {project.banner}
          </p>
        )}
        <div className={styles['body']}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
    </div>
  );
}
