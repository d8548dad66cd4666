import { Center, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

// Says what belongs here and offers the one act that brings it.
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center h="100%" p="lg">
      <Stack align="center" gap="sm" maw={440}>
        <Title order={2}>{title}</Title>
        {children === undefined ? null : (
          <Text ta="center" c="dimmed" component="div">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}
