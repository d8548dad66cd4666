import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp, IconArrowForwardUp, IconCommand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { spotlight } from '@mantine/spotlight';
import type { Project } from '../../shared/api/types';
import { showKey, useActions } from '../../shared/actions/actions';
import { changesQuery } from '../../shared/project/project-query';
import { ConflictDialog } from '../../shared/saving/conflict-dialog';
import { SavedState } from '../../shared/saving/saved-state';
import { useEdits } from '../../shared/saving/use-edit';
import { PersonMenu } from '../../shared/session/person-menu';
import { screens } from '../screens';
import { JobsMenu } from './jobs-menu';
import { ProjectMenu } from './project-menu';
import { Readiness } from './readiness';
import { RunPicker } from './run-picker';
import { SearchBox } from './search-box';
import styles from './shell.module.css';

export function TopBar({ project }: { project: Project }) {
  const path = useLocation({ select: (location) => location.pathname });
  const screen = screens.find((candidate) => path.includes(`/${candidate.path}`));
  const [conflictsOpen, conflicts] = useDisclosure();
  return (
    <header className={styles['bar']}>
      <ProjectMenu project={project} />
      <span className={styles['name']}>{screen?.name}</span>
      <div className={styles['grow']} />
      <Readiness project={project} />
      <SearchBox project={project.card.id} />
      <Tooltip label={`Every action by name (${showKey('mod+k')})`}>
        <ActionIcon aria-label="Find an action" onClick={() => spotlight.open()}>
          <IconCommand size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <RunPicker project={project} />
      <UndoRedo project={project.card.id} />
      <SavedState onOpenConflicts={conflicts.open} />
      <JobsMenu project={project.card.id} />
      <PersonMenu project={project.card.id} />
      <ConflictDialog opened={conflictsOpen} onClose={conflicts.close} />
    </header>
  );
}

function UndoRedo({ project }: { project: string }) {
  const { data: changes } = useQuery(changesQuery(project, 1));
  const edits = useEdits(project);
  const undone = changes?.can_undo ?? null;
  const redone = changes?.can_redo ?? null;
  useActions([
    { id: 'undo', name: 'Undo', group: 'Anywhere', keys: ['mod+z'], run: () => edits.undo() },
    { id: 'redo', name: 'Redo', group: 'Anywhere', keys: ['shift+mod+z', 'mod+y'], run: () => edits.redo() },
  ]);
  return (
    <div>
      <Tooltip label={undone === null ? 'Nothing to undo' : `Undo: ${undone} (${showKey('mod+z')})`} multiline maw={320}>
        <ActionIcon aria-label="Undo" disabled={undone === null} onClick={edits.undo}>
          <IconArrowBackUp size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={redone === null ? 'Nothing to redo' : `Redo: ${redone} (${showKey('shift+mod+z')})`} multiline maw={320}>
        <ActionIcon aria-label="Redo" disabled={redone === null} onClick={edits.redo}>
          <IconArrowForwardUp size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
