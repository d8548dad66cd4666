import { Accordion } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../shared/api/client';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingRows } from '../shared/ui/waiting';
import styles from './about.module.css';

// What this is, and the licence of every part.
export function AboutPage() {
  const { data: about, error, refetch } = useQuery({ queryKey: ['about'], queryFn: ({ signal }) => api.get('/api/v1/about', { signal }), staleTime: Infinity });
  if (error !== null && about === undefined) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (about === undefined) return <WaitingRows what="the parts" />;
  return (
    <Page title={`Burnish ${about.version}`} hint="Apache-2.0. It is made of these parts; each keeps its own licence.">
      <Accordion variant="default">
        {about.parts.map((part) => (
          <Accordion.Item key={`${part.name} ${part.version}`} value={`${part.name} ${part.version}`}>
            <Accordion.Control>
              <span className={styles['part']}>
                <b>{part.name}</b> {part.version} <span>{part.license}</span>
              </span>
            </Accordion.Control>
            <Accordion.Panel>
              <pre className={styles['text']}>{part.text}</pre>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Page>
  );
}
