import { Button, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../shared/api/client';
import { liveKey } from '../shared/live/keys';
import { say } from '../shared/toasts/toasts';

// Names the present state. A version never changes afterwards.
export function PublishVersion({ project, opened, onClose }: { project: string; opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const publish = useMutation({
    mutationFn: () => api.post('/api/v1/projects/{project}/versions', { path: { project }, body: { name: name.trim(), note } }),
    onSuccess: (version) => {
      say(`Version “${version.name}” holds ${version.samples.toLocaleString('en-US')} samples.`);
      setName('');
      setNote('');
      onClose();
      return client.invalidateQueries({ queryKey: liveKey(project) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') publish.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Publish a version">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text c="dimmed">A version is the project as it is now: every label, split and exclusion. It never changes; you can compare with it and export it at any time.</Text>
          <TextInput label="Version name" required maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} error={publish.error?.message} data-autofocus />
          <Textarea label="Note" description="What this version is for" rows={3} maxLength={4000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Button type="submit" loading={publish.isPending} disabled={name.trim() === ''}>
            Publish
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
