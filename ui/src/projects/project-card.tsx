import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowBackUp, IconDots, IconPencil, IconPhoto, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, buildUrl } from '../shared/api/client';
import type { ProjectCard as Card } from '../shared/api/types';
import { formatAgo, formatCount, formatExact, plural } from '../shared/format';
import { complain, say } from '../shared/toasts/toasts';
import { RenameProject } from './rename-project';
import styles from './projects.module.css';

const kCovers = 8;

export function ProjectCard({ project }: { project: Card }) {
  const client = useQueryClient();
  const [renaming, { open, close }] = useDisclosure();
  const trash = useMutation({
    mutationFn: (trashed: boolean) => api.patch('/api/v1/projects/{project}', { path: { project: project.id }, body: { trashed } }),
    onSuccess: (card) => {
      say(card.trashed ? `“${card.name}” is in the trash.` : `“${card.name}” is back.`);
      return client.invalidateQueries({ queryKey: ['projects'] });
    },
    onError: (error) => complain(error, 'Not done'),
  });
  const facts = (
    <>
      <Covers project={project} />
      <Text fw={600} truncate>
        {project.name}
      </Text>
      <Text fz="xs" c="dimmed" truncate className="figures" onMouseEnter={({ currentTarget }) => (currentTarget.title = formatExact(project.changed_at))}>
        {plural(project.samples, 'sample')} · {formatCount(project.labeled)} labeled · changed {formatAgo(project.changed_at)}
      </Text>
      {project.banner === undefined ? null : (
        <Text fz="xs" mt={4} className={styles['banner']}>
          {project.banner}
        </Text>
      )}
    </>
  );
  return (
    <li className={styles['card']}>
      {project.trashed ? (
        <div className={styles['open']}>{facts}</div>
      ) : (
        <Link to={`/projects/${project.id}/explore`} className={styles['open']}>
          {facts}
        </Link>
      )}
      <div className={styles['more']}>
        {project.trashed ? (
          <Button variant="default" size="compact-sm" leftSection={<IconArrowBackUp size={14} />} onClick={() => trash.mutate(false)}>
            Bring back
          </Button>
        ) : (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={`More for ${project.name}`}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={open}>
                Rename
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => trash.mutate(true)}>
                Put in the trash
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <RenameProject project={project} opened={renaming} onClose={close} />
    </li>
  );
}

function Covers({ project }: { project: Card }) {
  const covers = project.covers.slice(0, kCovers);
  return (
    <div className={styles['covers']} aria-hidden>
      {covers.length === 0 ? (
        <IconPhoto size={28} stroke={1.2} />
      ) : (
        covers.map((ordinal) => (
          <img
            key={ordinal}
            alt=""
            loading="lazy"
            onLoad={(event) => event.currentTarget.toggleAttribute('data-small', event.currentTarget.naturalWidth <= 64)}
            src={buildUrl('/api/v1/projects/{project}/samples/{ordinal}/thumbnail', { project: project.id, ordinal }, { size: 160 })}
          />
        ))
      )}
    </div>
  );
}
