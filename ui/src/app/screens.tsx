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
import { later, type Later } from '../shared/ui/later';
import { WaitingPanels } from '../shared/ui/waiting';
import { screenPages, type ScreenPath } from './screen-pages';

export interface Screen {
  // Below /projects/<project>/
  path: ScreenPath;
  // In the navigation and the top bar.
  name: string;
  icon: Icon;
  // Pressed after `g`: "g e" goes to Explore.
  key: string;
  page: Later<object>;
}

const screen = (path: ScreenPath) => later(path, screenPages[path], <WaitingPanels what="the screen" />);

// Every screen of a project, in the order of the navigation. A new screen is one folder with a page and one row here.
export const screens: readonly Screen[] = [
  { path: 'explore', name: 'Explore', icon: IconLayoutGrid, key: 'e', page: screen('explore') },
  { path: 'model', name: 'Model', icon: IconChartDots3, key: 'm', page: screen('model') },
  { path: 'suspects', name: 'Wrong labels', icon: IconTagStarred, key: 'w', page: screen('suspects') },
  { path: 'impact', name: 'Impact', icon: IconTrendingUp, key: 'i', page: screen('impact') },
  { path: 'versions', name: 'Versions', icon: IconFlag, key: 'v', page: screen('versions') },
  { path: 'history', name: 'History', icon: IconHistory, key: 'h', page: screen('history') },
  { path: 'classes', name: 'Classes', icon: IconHierarchy, key: 'c', page: screen('classes') },
  { path: 'import', name: 'Import', icon: IconDatabaseImport, key: 'p', page: screen('import') },
  { path: 'about', name: 'About', icon: IconInfoCircle, key: 'a', page: screen('about') },
];
