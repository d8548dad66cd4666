import { Button, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown, IconCpu } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { Project } from '../../shared/api/types';
import { formatCount } from '../../shared/format';
import { useRun } from '../../shared/project/use-run';

// Whose predictions are shown.
export function RunPicker({ project }: { project: Project }) {
  const run = useRun();
  const navigate = useNavigate();
  if (project.runs.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          c="var(--ink-soft)"
          px={6}
          leftSection={<IconCpu size={16} stroke={1.6} />}
          rightSection={<IconChevronDown size={14} />}
          title="The model run whose predictions are shown"
        >
          {run?.name ?? 'no run'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Show the predictions of</Menu.Label>
        {project.runs.map((candidate) => (
          <Menu.Item
            key={candidate.id}
            leftSection={candidate.id === run?.id ? <IconCheck size={14} aria-label="chosen" /> : <span style={{ width: 14 }} />}
            rightSection={<span className="figures">{formatCount(candidate.predictions)}</span>}
            onClick={() => void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, run: candidate.id }) })}
          >
            {candidate.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
