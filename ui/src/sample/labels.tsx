import { Badge, Button, Group, Pill, Select, Switch, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { useActions } from '../shared/actions/actions';
import type { Edit, Project, Sample, Split } from '../shared/api/types';
import { classForKey, kDigitKeys } from '../shared/labels/class-keys';
import { ClassDot } from '../shared/labels/class-dot';
import { ClassPicker } from '../shared/labels/class-picker';
import { TagPicker } from '../shared/labels/tag-picker';
import { splitNames } from '../shared/results/results-query';
import { useEdits } from '../shared/saving/use-edit';
import { Section } from './section';
import styles from './sample.module.css';

// What is said of the sample, and the keys that change it.
export function Labels({ project, sample }: { project: Project; sample: Sample }) {
  const edits = useEdits(project.card.id);
  const [opened, setOpened] = useState<'class' | 'tag'>();
  const change = (title: string, set: Edit['set']) => edits.edit(title, { ordinals: [sample.ordinal] }, set, sample.as_of);
  const setClass = (name: string | null) => change(name === null ? 'Take the label away' : `Set class ${name}`, { class: name });
  const confirm = () => change('Confirm the label', { confirm: true });
  const setExcluded = (excluded: boolean) => change(excluded ? 'Exclude' : 'Bring back', { excluded });
  const { class: truth, state } = sample.truth;
  const group = 'Sample';
  useActions(
    [
      { id: 'class-key', name: 'Set class by its number', group, keys: [...kDigitKeys], keysShown: '1–9', hidden: true, run: (event) => {
        const found = event === undefined ? undefined : classForKey(project.classes, event.key);
        if (found !== undefined) setClass(found.name);
      } },
      { id: 'class-none', name: 'Take the label away', group, keys: ['0'], run: () => setClass(null) },
      { id: 'class', name: 'Set class …', group, keys: ['c'], run: () => setOpened('class') },
      { id: 'confirm', name: 'Confirm the label', group, keys: ['k'], enabled: truth !== null, run: confirm },
      { id: 'tag', name: 'Add tag …', group, keys: ['t'], run: () => setOpened('tag') },
      { id: 'exclude', name: sample.excluded ? 'Bring back' : 'Exclude', group, keys: ['x'], run: () => setExcluded(!sample.excluded) },
    ],
    1,
  );
  const classId = project.classes.find((one) => one.name === truth)?.id;
  return (
    <Section title="Label">
      <Group gap="xs" wrap="nowrap">
        <ClassPicker classes={project.classes} opened={opened === 'class'} onChange={(open) => setOpened(open ? 'class' : undefined)} onPick={setClass} position="bottom-start">
          <Button variant="default" size="sm" className={styles['truth']} leftSection={<ClassDot id={classId} />} onClick={() => setOpened(opened === 'class' ? undefined : 'class')} aria-label={`Truth: ${truth ?? 'no label'}. Change`}>
            {truth ?? 'no label'}
          </Button>
        </ClassPicker>
        {state === 'confirmed' ? (
          <Badge variant="light" color="teal" leftSection={<IconCheck size={12} />} tt="none">
            confirmed
          </Badge>
        ) : truth === null ? null : (
          <Button variant="subtle" size="compact-sm" onClick={confirm} leftSection={<IconCheck size={14} />} title="The label is right (K)">
            Confirm
          </Button>
        )}
      </Group>
      {sample.suspect === undefined || state === 'confirmed' || truth !== sample.suspect.given ? null : (
        <Group gap="xs" mt="xs" className={styles['suspect']}>
          <IconAlertTriangle size={15} aria-hidden />
          <Text fz="sm">
            Suspected: {sample.suspect.given} → <b>{sample.suspect.suggested}</b>
          </Text>
          <Button size="compact-xs" variant="default" onClick={() => setClass(sample.suspect?.suggested ?? null)}>
            Accept
          </Button>
        </Group>
      )}
      <Group gap="xs" mt="xs" wrap="wrap">
        {sample.tags.map((tag) => (
          <Pill key={tag} withRemoveButton onRemove={() => change(`Remove tag ${tag}`, { remove_tags: [tag] })} removeButtonProps={{ 'aria-label': `Remove tag ${tag}`, 'aria-hidden': false, tabIndex: 0 }}>
            {tag}
          </Pill>
        ))}
        <TagPicker tags={project.tags.filter((tag) => !sample.tags.includes(tag))} canMake opened={opened === 'tag'} onChange={(open) => setOpened(open ? 'tag' : undefined)} onPick={(tag) => change(`Add tag ${tag}`, { add_tags: [tag] })}>
          <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconTag size={14} />} onClick={() => setOpened('tag')}>
            Tag
          </Button>
        </TagPicker>
      </Group>
      <Group gap="md" mt="xs">
        <Select
          aria-label="Split"
          w={130}
          allowDeselect={false}
          data={[...splitNames]}
          value={sample.split}
          onChange={(split) => {
            if (split !== null) change(`Move to ${split}`, { split: split as Split });
          }}
        />
        <Switch label="Excluded" checked={sample.excluded} onChange={(event) => setExcluded(event.currentTarget.checked)} />
      </Group>
    </Section>
  );
}
