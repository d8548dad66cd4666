import { Link, useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useActions } from '../../shared/actions/actions';
import { Mark } from '../../shared/ui/mark';
import { screens } from '../screens';
import styles from './shell.module.css';

const kChordWithin = 1200;

// The screens that exist, and the keys that go to them: `g`, then a letter.
export function Navigation({ project }: { project: string }) {
  const navigate = useNavigate();
  const chordAt = useRef(0);
  useActions([
    { id: 'go', name: 'Go to a screen: then its letter', group: 'Anywhere', keys: ['g'], hidden: true, run: () => listenForLetter() },
    ...screens.map((screen) => ({
      id: `go-${screen.path}`,
      name: `Go to ${screen.name}`,
      group: 'Anywhere',
      keysShown: `G ${screen.key.toUpperCase()}`,
      run: () => void navigate({ to: `/projects/${project}/${screen.path}` }),
    })),
    { id: 'go-projects', name: 'Go to all projects', group: 'Anywhere', run: () => void navigate({ to: '/' }) },
  ]);

  const listenForLetter = () => {
    chordAt.current = Date.now();
    window.addEventListener(
      'keydown',
      (event) => {
        const screen = screens.find((candidate) => candidate.key === event.key.toLowerCase());
        if (screen === undefined || Date.now() - chordAt.current > kChordWithin) return;
        event.preventDefault();
        event.stopPropagation();
        void navigate({ to: `/projects/${project}/${screen.path}` });
      },
      { capture: true, once: true },
    );
  };

  return (
    <nav className={styles['nav']} aria-label="Screens">
      <Link to="/" className={styles['mark']} aria-label="All projects" title="All projects">
        <Mark />
      </Link>
      {screens.map(({ path, name, icon: Icon }) => (
        <Link key={path} to={`/projects/${project}/${path}`} className={styles['link']} activeOptions={{ includeSearch: false }}>
          <Icon size={18} stroke={1.6} aria-hidden />
          {name}
        </Link>
      ))}
    </nav>
  );
}
