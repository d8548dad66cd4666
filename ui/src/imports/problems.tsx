import { Button, Collapse, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../shared/api/client';
import { formatCount } from '../shared/format';
import type { ImportProblem } from './imports-query';
import styles from './imports.module.css';

const icons = { stops: IconCircleX, left_out: IconAlertTriangle, note: IconInfoCircle } as const;
const words = { stops: 'Stops the import', left_out: 'Left out', note: 'Good to know' } as const;

// Every problem with its names and a way out.
export function Problems({ project, id, problems }: { project: string; id: string; problems: readonly ImportProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className={styles['problems']} aria-label="Problems">
      {problems.map((problem) => (
        <Problem key={problem.code} project={project} id={id} problem={problem} />
      ))}
    </ul>
  );
}

function Problem({ project, id, problem }: { project: string; id: string; problem: ImportProblem }) {
  const [opened, setOpened] = useState(false);
  const Icon = icons[problem.severity];
  const { data } = useQuery({
    queryKey: ['import-problems', project, id, problem.code],
    queryFn: ({ signal }) =>
      api.get('/api/v1/projects/{project}/imports/{import}/problems', { path: { project, import: id }, query: { code: problem.code, count: 1000 }, signal }),
    enabled: opened && problem.count > problem.names.length,
  });
  const names = data?.names ?? problem.names;
  return (
    <li data-severity={problem.severity}>
      <Icon size={18} role="img" aria-label={words[problem.severity]} />
      <div>
        <Text>{problem.sentence}</Text>
        {problem.way_out === undefined ? null : <Text c="dimmed">{problem.way_out}</Text>}
        {names.length === 0 ? null : (
          <>
            <Button variant="subtle" size="compact-xs" px={0} onClick={() => setOpened(!opened)} aria-expanded={opened}>
              {opened ? 'Hide the names' : `Show the names (${formatCount(problem.count)})`}
            </Button>
            <Collapse expanded={opened}>
              <ul className={styles['names']}>
                {names.map((name, index) => (
                  <li key={`${String(index)} ${name}`}>{name}</li>
                ))}
                {problem.count > names.length ? <li>and {formatCount(problem.count - names.length)} more</li> : null}
              </ul>
            </Collapse>
          </>
        )}
      </div>
    </li>
  );
}
