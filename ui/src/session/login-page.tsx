import { Button, Center, Code, Loader, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, api } from '../shared/api/client';
import { plural } from '../shared/format';
import { useEditQueue, useSavingState } from '../shared/saving/saving';
import { tellCameIn, waitToComeIn } from '../shared/session/came-in';
import { leftPlace, noteLeftPlace } from '../shared/session/left-place';
import { Mark } from '../shared/ui/mark';
import { tokenInFragment } from './token';

// A login link carries its token in the fragment, which is never sent to a server by itself nor written to its log.
export function LoginPage() {
  const [token, setToken] = useState(() => tokenInFragment(window.location.hash));
  const navigate = useNavigate();
  const client = useQueryClient();
  const queue = useEditQueue();
  const enter = useMutation({
    mutationFn: (value: string) => api.post('/api/v1/session', { body: { token: value } }),
    onSuccess: async () => {
      client.clear();
      tellCameIn();
      queue.resume();
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

  // Whose session ended in the middle of work goes on where it was.
  const isEntering = token !== undefined;
  useEffect(() => {
    if (isEntering) return;
    return waitToComeIn(() => {
      const href = leftPlace() ?? '/';
      noteLeftPlace(undefined);
      client.clear();
      queue.resume();
      void navigate({ href, replace: true });
    }, leftPlace() !== undefined);
  }, [isEntering, client, queue, navigate]);

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
        <WhatWaits />
      </Stack>
    </Center>
  );
}

// Nobody should wonder about what they had done when the session ended.
function WhatWaits() {
  const { waiting, conflicts, isKept } = useSavingState();
  const count = waiting.length + conflicts.length;
  if (count === 0) return null;
  return (
    <Text ta="center" role="status">
      <b>{plural(count, 'change waits', 'changes wait')}</b> to be saved.{' '}
      {isKept
        ? `Kept in this browser, ${count === 1 ? 'it goes' : 'they go'} out once you are in again.`
        : 'This browser keeps nothing when the tab is closed: leave it open, and open the link in another.'}
    </Text>
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
