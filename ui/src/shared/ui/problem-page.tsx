import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, NetworkError } from '../api/client';

interface Props {
  error: unknown;
  onRetry?: () => void;
  // In place of a whole page: the way back to the projects.
  leads?: boolean;
  // Further ways out.
  children?: ReactNode;
}

// Says what happened, what is safe and what to do.
export function ProblemPage({ error, onRetry, leads = false, children }: Props) {
  const title =
    error instanceof ApiError && error.status === 404
      ? 'There is nothing here'
      : error instanceof NetworkError
        ? 'Burnish does not answer'
        : 'This could not be shown';
  const detail = error instanceof Error ? error.message : String(error);
  return (
    <Center h="100%" p="lg">
      <Stack align="center" gap="sm" maw={480} role="alert">
        <Title order={1}>{title}</Title>
        <Text ta="center">{detail}</Text>
        <Text ta="center" c="dimmed">
          Your data and your saved edits are safe.
        </Text>
        <Group>
          {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
          {leads ? (
            <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
              All projects
            </Button>
          ) : null}
          {children}
        </Group>
      </Stack>
    </Center>
  );
}
