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
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

export interface Screen {
  // Below /projects/<project>/
  path: string;
  // In the navigation and the top bar.
  name: string;
  icon: Icon;
  // Pressed after `g`: "g e" goes to Explore.
  key: string;
  page: LazyExoticComponent<ComponentType>;
}

// Every screen of a project, in the order of the navigation. A new screen is one folder with a page and one row here.
export const screens: readonly Screen[] = [
  { path: 'explore', name: 'Explore', icon: IconLayoutGrid, key: 'e', page: lazy(() => import('./explore-screen')) },
  { path: 'model', name: 'Model', icon: IconChartDots3, key: 'm', page: lazy(() => import('./model-screen')) },
  { path: 'suspects', name: 'Wrong labels', icon: IconTagStarred, key: 'w', page: lazy(() => import('./suspects-screen')) },
  { path: 'impact', name: 'Impact', icon: IconTrendingUp, key: 'i', page: lazy(() => import('./impact-screen')) },
  { path: 'versions', name: 'Versions', icon: IconFlag, key: 'v', page: lazy(() => import('./versions-screen')) },
  { path: 'history', name: 'History', icon: IconHistory, key: 'h', page: lazy(() => import('./history-screen')) },
  { path: 'classes', name: 'Classes', icon: IconHierarchy, key: 'c', page: lazy(() => import('./classes-screen')) },
  { path: 'import', name: 'Import', icon: IconDatabaseImport, key: 'p', page: lazy(() => import('./import-screen')) },
  { path: 'about', name: 'About', icon: IconInfoCircle, key: 'a', page: lazy(() => import('./about-screen')) },
];
