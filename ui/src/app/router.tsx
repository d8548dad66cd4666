import { createRootRoute, createRoute, createRouter, redirect, type RouterHistory } from '@tanstack/react-router';
import { ProjectsPage } from '../projects/projects-page';
import { LoginPage } from '../session/login-page';
import { parseSearch, stringifySearch } from '../shared/explore-link';
import { noteLeftPlace } from '../shared/session/left-place';
import { ProblemPage } from '../shared/ui/problem-page';
import { screens } from './screens';
import { ProjectLayout } from './shell/project-layout';
import { RootLayout } from './shell/root-layout';

const root = createRootRoute({
  component: RootLayout,
  errorComponent: ({ error, reset }) => <ProblemPage error={error} onRetry={reset} leads />,
  notFoundComponent: () => <ProblemPage error={new Error('This page does not exist.')} leads />,
});

const login = createRoute({ getParentRoute: () => root, path: '/login', component: LoginPage });
const projects = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: ProjectsPage,
  beforeLoad: ({ location }) => {
    if (location.hash.includes('token=')) throw redirect({ to: '/login', hash: location.hash, replace: true });
  },
});
const project = createRoute({ getParentRoute: () => root, path: '/projects/$project', component: ProjectLayout });
const projectIndex = createRoute({
  getParentRoute: () => project,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: `/projects/${params.project}/explore`, replace: true });
  },
});
const projectScreens = screens.map((screen) =>
  createRoute({ getParentRoute: () => project, path: screen.path, component: screen.page }),
);

const routeTree = root.addChildren([login, projects, project.addChildren([projectIndex, ...projectScreens])]);

// Screens come from a table, so routes are named by strings and the router is not registered with its types. Without a
// history of its own it follows the browser's.
export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    parseSearch,
    stringifySearch,
    scrollRestoration: false,
    ...(history === undefined ? {} : { history }),
  });
}

// Nobody is in any more: to the login, and back once they are.
export function goToLogin(router: ReturnType<typeof makeRouter>): void {
  const { location } = router.state;
  if (location.pathname === '/login') return;
  noteLeftPlace(location.href);
  void router.navigate({ to: '/login' });
}
