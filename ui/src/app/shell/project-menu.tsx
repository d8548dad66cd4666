import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconLayoutDashboard } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/api/types';
import { formatCount } from '../../shared/format';
import { projectsQuery } from '../../shared/project/projects-query';
import styles from './shell.module.css';

const kShown = 12;

export function ProjectMenu({ project }: { project: Project }) {
  const navigate = useNavigate();
  const { data: projects = [] } = useQuery(projectsQuery(false));
  const others = projects.filter((card) => card.id !== project.card.id).slice(0, kShown);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="subtle" color="gray" c="var(--ink)" px={6} rightSection={<IconChevronDown size={14} />} title="Switch project">
          <span className={styles['project']}>{project.card.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.length === 0 ? null : <Menu.Label>Switch to</Menu.Label>}
        {others.map((card) => (
          <Menu.Item
            key={card.id}
            rightSection={<span className="figures">{formatCount(card.samples)}</span>}
            onClick={() => void navigate({ to: `/projects/${card.id}/explore` })}
          >
            {card.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLayoutDashboard size={16} />} onClick={() => void navigate({ to: '/' })}>
          All projects
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
