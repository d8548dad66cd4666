import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../shared/api/client';
import type { ProjectCard } from '../shared/api/types';

export function RenameProject({ project, opened, onClose }: { project: ProjectCard; opened: boolean; onClose: () => void }) {
  const [name, setName] = useState(project.name);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: () => api.patch('/api/v1/projects/{project}', { path: { project: project.id }, body: { name: name.trim() } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['projects'] });
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Rename the project">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') rename.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            maxLength={120}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={rename.error?.message}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={rename.isPending}>
              Rename
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
