import { Anchor, CloseButton } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Advice, Filter, Project } from '../shared/api/types';
import styles from './explore.module.css';

interface Way {
  name: string;
  screen: string;
  filter?: Filter;
}

const unlabeled: Filter = { all: [{ label: { set: 'truth', missing: true } }] };

// Where each piece of advice is followed.
const ways: Partial<Record<Advice['code'], Way>> = {
  import_samples: { name: 'Import', screen: 'import' },
  add_class: { name: 'Classes', screen: 'classes' },
  label_samples: { name: 'Show samples without a label', screen: 'explore', filter: unlabeled },
  need_train_split: { name: 'Show labeled samples', screen: 'explore', filter: { all: [{ not: { label: { set: 'truth', missing: true } } }] } },
  need_test_split: { name: 'Show labeled samples', screen: 'explore', filter: { all: [{ not: { label: { set: 'truth', missing: true } } }] } },
  small_class: { name: 'Show samples without a label', screen: 'explore', filter: unlabeled },
  review_suspects: { name: 'Wrong labels', screen: 'suspects' },
  name_version: { name: 'Versions', screen: 'versions' },
};

// The one thing to do next, until the person has put it away.
export function NextStep({ project }: { project: Project }) {
  const [putAway, setPutAway] = useState<readonly string[]>([]);
  const advice = project.advice.find(({ code }) => code !== 'none' && !putAway.includes(code));
  if (advice === undefined) return null;
  const way = ways[advice.code];
  return (
    <p className={styles['next']}>
      <IconBulb size={15} aria-hidden />
      <span>{advice.sentence}</span>
      {way === undefined ? null : (
        <Anchor
          inherit
          renderRoot={(props) => (
            <Link to={`/projects/${project.card.id}/${way.screen}`} search={way.filter === undefined ? {} : { filter: way.filter }} {...props} />
          )}
        >
          {way.name}
        </Anchor>
      )}
      <CloseButton size={24} iconSize={13} aria-label="Put this advice away" onClick={() => setPutAway([...putAway, advice.code])} />
    </p>
  );
}
