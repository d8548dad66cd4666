import { Button, Center, Code, Loader, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, api } from '../shared/api/client';
import { Mark } from '../shared/ui/mark';
import { tokenInFragment } from './token';

// A login link carries its token in the fragment, which is never sent to a server by itself nor written to its log.
export function LoginPage() {
  const [token, setToken] = useState(() => tokenInFragment(window.location.hash));
  const navigate = useNavigate();
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: (value: string) => api.post('/api/v1/session', { body: { token: value } }),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/', replace: true });
    },
  });
  const { mutate } = enter;
  // A link that is pasted while this page is open changes the fragment and loads nothing.
  useEffect(() => {
    const take = () => setToken((before) => tokenInFragment(window.location.hash) ?? before);
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
  useEffect(() => {
    if (token === undefined) return;
    // The used token has no business in the address bar or the history.
    window.history.replaceState(null, '', window.location.pathname);
    mutate(token);
  }, [token, mutate]);

  return (
    <Center component="main" h="100%">
      <Stack align="center" gap="md" maw={420} p="lg">
        <Mark size={40} />
        <Title order={1}>Burnish</Title>
        {enter.isPending || enter.isSuccess ? (
          <Loader aria-label="Coming in" size="sm" />
        ) : (
          <LoginHelp error={enter.error} onRetry={token === undefined ? undefined : () => mutate(token)} />
        )}
      </Stack>
    </Center>
  );
}

function LoginHelp({ error, onRetry }: { error: Error | null; onRetry: (() => void) | undefined }) {
  const usedUp = error instanceof ApiError;
  return (
    <Stack align="center" gap="sm" role={error === null ? undefined : 'alert'}>
      <Text ta="center" fw={600}>
        {error === null ? 'You come in with a login link.' : usedUp ? 'This login link has been used or is too old.' : error.message}
      </Text>
      <Text ta="center" c="dimmed">
        A link works once. Run <Code>burnish login</Code> on the machine that Burnish runs on for another, and open it here.
      </Text>
      {error !== null && !usedUp && onRetry !== undefined ? <Button onClick={onRetry}>Try again</Button> : null}
    </Stack>
  );
}
