// The script of each screen of a project, loaded when it is needed.
export const screenPages = {
  explore: () => import('./explore-screen'),
  model: () => import('./model-screen'),
  suspects: () => import('./suspects-screen'),
  impact: () => import('./impact-screen'),
  versions: () => import('./versions-screen'),
  history: () => import('./history-screen'),
  classes: () => import('./classes-screen'),
  import: () => import('./import-screen'),
  about: () => import('./about-screen'),
};

export type ScreenPath = keyof typeof screenPages;

// The project and the screen that an address names.
export function placeOf(pathname: string): { project: string; screen: ScreenPath } | undefined {
  const [, project, screen = 'explore'] = /^\/projects\/([^/]+)(?:\/([^/]+))?\/?$/.exec(pathname) ?? [];
  if (project === undefined || !Object.hasOwn(screenPages, screen)) return undefined;
  try {
    return { project: decodeURIComponent(project), screen: screen as ScreenPath };
  } catch {
    return undefined; // an address that no one wrote
  }
}
