import {
  IconChartDots3,
  IconDatabaseImport,
  IconFlag,
  IconHierarchy,
  IconHistory,
  IconInfoCircle,
  IconLayoutGrid,
  IconTagStarred,
  IconTrendingUp,
  type Icon,
} from '@tabler/icons-react';
import { lazyScreen, type LazyScreen } from './lazy-screen';
import { screenPages, type ScreenPath } from './screen-pages';

export interface Screen {
  // Below /projects/<project>/
  path: ScreenPath;
  // In the navigation and the top bar.
  name: string;
  icon: Icon;
  // Pressed after `g`: "g e" goes to Explore.
  key: string;
  page: LazyScreen;
}

// Every screen of a project, in the order of the navigation. A new screen is one folder with a page and one row here.
export const screens: readonly Screen[] = [
  { path: 'explore', name: 'Explore', icon: IconLayoutGrid, key: 'e', page: lazyScreen(screenPages.explore) },
  { path: 'model', name: 'Model', icon: IconChartDots3, key: 'm', page: lazyScreen(screenPages.model) },
  { path: 'suspects', name: 'Wrong labels', icon: IconTagStarred, key: 'w', page: lazyScreen(screenPages.suspects) },
  { path: 'impact', name: 'Impact', icon: IconTrendingUp, key: 'i', page: lazyScreen(screenPages.impact) },
  { path: 'versions', name: 'Versions', icon: IconFlag, key: 'v', page: lazyScreen(screenPages.versions) },
  { path: 'history', name: 'History', icon: IconHistory, key: 'h', page: lazyScreen(screenPages.history) },
  { path: 'classes', name: 'Classes', icon: IconHierarchy, key: 'c', page: lazyScreen(screenPages.classes) },
  { path: 'import', name: 'Import', icon: IconDatabaseImport, key: 'p', page: lazyScreen(screenPages.import) },
  { path: 'about', name: 'About', icon: IconInfoCircle, key: 'a', page: lazyScreen(screenPages.about) },
];
