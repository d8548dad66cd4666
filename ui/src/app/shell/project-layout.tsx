import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, useEffect, useRef } from 'react';
import { projectQuery, useProjectId } from '../../shared/project/project-query';
import { WaitingPanels } from '../../shared/ui/waiting';
import { screens } from '../screens';
import { AwayNotice } from './away-notice';
import { Navigation } from './navigation';
import { TopBar } from './top-bar';
import { useLive } from './use-live';
import styles from './shell.module.css';

// The frame of every screen of a project.
export function ProjectLayout() {
  return (
    <Suspense fallback={<WaitingPanels what="the project" />}>
      <Frame />
    </Suspense>
  );
}

function Frame() {
  const id = useProjectId();
  useLive(id);
  const { data: project } = useSuspenseQuery(projectQuery(id));
  const main = useScreenChange(project.card.name);
  return (
    <div className={styles['frame']}>
      <a className={styles['skip']} href="#screen">
        Skip to the screen
      </a>
      <Navigation project={id} />
      <TopBar project={project} />
      <main className={styles['screen']} id="screen" tabIndex={-1} ref={main}>
        <AwayNotice />
        {project.banner === undefined || project.banner === '' ? null : (
          <p className={styles['banner']} role="note">
            {project.banner}
          </p>
        )}
        <div className={styles['body']}>
          <Suspense fallback={<WaitingPanels what="the screen" />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
    </div>
  );
}

// A new screen names the window, and takes the focus that went away with the screen before it.
function useScreenChange(project: string) {
  const main = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });
  const name = screens.find((candidate) => path.endsWith(`/${candidate.path}`))?.name;
  useEffect(() => {
    document.title = [name, project, 'Burnish'].filter((part) => part !== undefined).join(' · ');
    return () => {
      document.title = 'Burnish';
    };
  }, [name, project]);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
