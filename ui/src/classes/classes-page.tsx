import { ActionIcon, Button, Menu, Modal, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconArrowMerge, IconDots, IconPencil, IconPlus, IconZzz } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api } from '../shared/api/client';
import type { ClassWithCount, EditResult } from '../shared/api/types';
import { formatCount, plural } from '../shared/format';
import { headOf, noteSequence } from '../shared/live/head';
import { liveKey } from '../shared/live/keys';
import { useProjectId } from '../shared/project/project-query';
import { classColour } from '../shared/theme/palette';
import { complain, say } from '../shared/toasts/toasts';
import { EmptyState } from '../shared/ui/empty-state';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingRows } from '../shared/ui/waiting';
import styles from './classes.module.css';

type Asked = { what: 'rename' | 'merge'; one: ClassWithCount } | { what: 'add' } | undefined;

const classesQuery = (project: string) => ({
  queryKey: liveKey(project, 'classes'),
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await api.get('/api/v1/projects/{project}/classes', { path: { project }, signal })).classes,
});

// The classes that the project tells apart: add, rename, merge, retire. Each is one change and can be undone.
export function ClassesPage() {
  const project = useProjectId();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const [retired, setRetired] = useState(true);
  const { data: classes, error, refetch } = useQuery(classesQuery(project));
  const landed = (result: EditResult) => {
    noteSequence(project, result.sequence);
    if (result.summary !== '') say(result.summary);
    setAsked(undefined);
    return client.invalidateQueries({ queryKey: liveKey(project) });
  };
  const retire = useMutation({
    mutationFn: (one: ClassWithCount) =>
      api.patch('/api/v1/projects/{project}/classes/{class}', { path: { project, class: one.id }, body: { base: headOf(project), retired: !one.retired } }),
    onSuccess: landed,
    onError: (failure) => complain(failure, 'Not done'),
  });
  if (error !== null && classes === undefined) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (classes === undefined) return <WaitingRows what="classes" />;
  const most = Math.max(1, ...classes.map(({ count }) => count));
  const shown = classes.filter((one) => retired || !one.retired);
  return (
    <Page
      title="Classes"
      acts={
        <>
          {classes.some((one) => one.retired) ? <Switch label="Show retired" checked={retired} onChange={(event) => setRetired(event.currentTarget.checked)} /> : null}
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAsked({ what: 'add' })}>
            Add a class
          </Button>
        </>
      }
    >
      {classes.length === 0 ? <EmptyState title="No classes yet">Add what you want to tell apart, or import photographs in a folder for each class.</EmptyState> : null}
      <ul className={styles['list']}>
        {shown.map((one) => (
          <li key={one.id} data-retired={one.retired || undefined}>
            <span className={styles['dot']} style={{ background: classColour(one.id) }} />
            <span className={styles['name']}>
              {one.name} {one.retired ? <small>retired: keeps its labels, takes no new ones</small> : null}
            </span>
            <span className={styles['track']} aria-hidden>
              <span style={{ width: `${String((one.count / most) * 100)}%` }} />
            </span>
            <Link to={`/projects/${project}/explore`} search={{ filter: { label: { class: [one.name] } } }} className={styles['count']}>
              {plural(one.count, 'sample')}
            </Link>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon aria-label={`More for ${one.name}`}>
                  <IconDots size={18} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsked({ what: 'rename', one })}>
                  Rename
                </Menu.Item>
                <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={() => setAsked({ what: 'merge', one })}>
                  Merge into another
                </Menu.Item>
                <Menu.Item leftSection={<IconZzz size={16} />} onClick={() => retire.mutate(one)}>
                  {one.retired ? 'Bring back' : 'Retire'}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </li>
        ))}
      </ul>
      {asked?.what === 'merge' ? (
        <MergeDialog project={project} one={asked.one} classes={classes} onClose={() => setAsked(undefined)} onLanded={landed} />
      ) : asked === undefined ? null : (
        <NameDialog project={project} one={asked.what === 'rename' ? asked.one : undefined} onClose={() => setAsked(undefined)} onLanded={landed} />
      )}
    </Page>
  );
}

interface DialogProps {
  project: string;
  onClose: () => void;
  onLanded: (result: EditResult) => unknown;
}

// Adds a class, or renames `one`.
function NameDialog({ project, one, onClose, onLanded }: DialogProps & { one: ClassWithCount | undefined }) {
  const [name, setName] = useState(one?.name ?? '');
  const save = useMutation({
    mutationFn: () =>
      one === undefined
        ? api.post('/api/v1/projects/{project}/classes', { path: { project }, body: { name: name.trim() } })
        : api.patch('/api/v1/projects/{project}/classes/{class}', { path: { project, class: one.id }, body: { base: headOf(project), name: name.trim() } }),
    onSuccess: onLanded,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={one === undefined ? 'Add a class' : `Rename ${one.name}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label="Name" required maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} error={save.error?.message} data-autofocus />
          <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || name.trim() === one?.name}>
            {one === undefined ? 'Add' : 'Rename'}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function MergeDialog({ project, one, classes, onClose, onLanded }: DialogProps & { one: ClassWithCount; classes: readonly ClassWithCount[] }) {
  const [into, setInto] = useState<string | null>(null);
  const merge = useMutation({
    mutationFn: () =>
      api.post('/api/v1/projects/{project}/classes/{class}/merge', { path: { project, class: one.id }, body: { base: headOf(project), into: Number(into) } }),
    onSuccess: onLanded,
  });
  const target = classes.find(({ id }) => String(id) === into);
  return (
    <Modal opened onClose={onClose} title={`Merge ${one.name} into another class`}>
      <Stack gap="sm">
        <Select
          label="Into"
          searchable
          value={into}
          onChange={setInto}
          data={classes.filter(({ id, retired }) => id !== one.id && !retired).map(({ id, name }) => ({ value: String(id), label: name }))}
        />
        <Text c="dimmed">
          {target === undefined
            ? 'Its labels move to the class that you choose.'
            : `${plural(one.count, 'label')} of ${one.name} become ${target.name}, and ${one.name} is gone. ${target.name} will have about ${formatCount(one.count + target.count)}. It is one change, and one undo brings both back.`}
        </Text>
        {merge.error === null ? null : (
          <Text c="var(--wrong)" role="alert">
            {merge.error.message}
          </Text>
        )}
        <Button disabled={into === null} loading={merge.isPending} onClick={() => merge.mutate()}>
          Merge
        </Button>
      </Stack>
    </Modal>
  );
}
