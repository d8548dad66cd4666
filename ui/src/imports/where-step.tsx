import { Button, Progress, Select, Tabs, Text } from '@mantine/core';
import { IconFileZip, IconFolder, IconFolderOpen, IconTable, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { formatBytes, formatCount, plural } from '../shared/format';
import { foldersQuery, mediaRootsQuery } from './imports-query';
import { chosenFiles, droppedFiles, type ChosenFile } from './upload';
import styles from './imports.module.css';

export type Source = { kind: 'folder'; root: string; path: string } | { kind: 'upload'; name: string; files: readonly ChosenFile[] };

interface Props {
  onSource: (source: Source) => void;
  sending: { done: number; total: number; bytes: number } | undefined;
  busy: boolean;
}

// Where the photographs are: on this computer, or on the server.
export function WhereStep({ onSource, sending, busy }: Props) {
  return (
    <Tabs defaultValue="upload" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="upload" leftSection={<IconUpload size={16} />}>
          From this computer
        </Tabs.Tab>
        <Tabs.Tab value="folder" leftSection={<IconFolder size={16} />}>
          A folder of the server
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="upload" pt="md">
        <FromComputer onSource={onSource} sending={sending} busy={busy} />
      </Tabs.Panel>
      <Tabs.Panel value="folder" pt="md">
        <FromServer onSource={onSource} busy={busy} />
      </Tabs.Panel>
    </Tabs>
  );
}

function FromComputer({ onSource, sending, busy }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (chosen: readonly ChosenFile[]) => {
    const [first] = chosen;
    if (first === undefined) return;
    onSource({ kind: 'upload', name: chosen.length === 1 ? first.path : (first.path.split('/')[0] ?? first.path), files: chosen });
  };
  if (sending !== undefined) {
    return (
      <div className={styles['drop']} role="status">
        <Progress value={(sending.done / Math.max(1, sending.total)) * 100} w="60%" aria-label="Sending" />
        <Text>
          {formatCount(sending.done)} of {plural(sending.total, 'file')} sent, {formatBytes(sending.bytes)}
        </Text>
      </div>
    );
  }
  return (
    <div
      className={styles['drop']}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void droppedFiles(event.dataTransfer).then(take);
      }}
    >
      <IconFileZip size={32} stroke={1.2} aria-hidden />
      <Text>Drop a zip, a folder, photographs or a table here</Text>
      <div className={styles['buttons']}>
        <Button disabled={busy} onClick={() => files.current?.click()}>
          Choose files
        </Button>
        <Button disabled={busy} variant="default" onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </div>
      <Text fz="xs" c="dimmed" ta="center">
        Photographs as JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF; a folder for each class; a table (CSV, TSV, Parquet) that names photographs; IDX files; zip and tar. A model’s predictions as a table.
      </Text>
      <input ref={files} type="file" multiple hidden aria-label="Files to import" data-testid="choose-files" onChange={(event) => take(chosenFiles(event.currentTarget.files ?? []))} />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        aria-label="Folder to import"
        onChange={(event) => take(chosenFiles(event.currentTarget.files ?? []))}
      />
    </div>
  );
}

function FromServer({ onSource, busy }: { onSource: (source: Source) => void; busy: boolean }) {
  const { data: roots } = useQuery(mediaRootsQuery);
  const [root, setRoot] = useState<string>();
  const chosen = root ?? roots?.[0]?.name;
  if (roots === undefined) return null;
  if (chosen === undefined) {
    return (
      <Text c="dimmed" maw={560}>
        The server offers no folder yet. Start it with <code>--media-root photos=/path/to/photos</code>, and that folder can be imported here; the files stay where they are.
      </Text>
    );
  }
  return (
    <div>
      <Select label="Below" w={260} allowDeselect={false} value={chosen} onChange={(value) => setRoot(value ?? undefined)} data={roots.map(({ name }) => name)} />
      <Browser key={chosen} root={chosen} busy={busy} onSource={onSource} />
    </div>
  );
}

function Browser({ root, busy, onSource }: { root: string; busy: boolean; onSource: (source: Source) => void }) {
  const [path, setPath] = useState('');
  const { data: listing, error } = useQuery(foldersQuery(root, path));
  const below = (name: string) => (path === '' ? name : `${path}/${name}`);
  const steps = path === '' ? [] : path.split('/');
  return (
    <div className={styles['browser']}>
      <div className={styles['crumbs']}>
        <button type="button" onClick={() => setPath('')}>
          {root}
        </button>
        {steps.map((step, index) => (
          <button type="button" key={`${String(index)} ${step}`} onClick={() => setPath(steps.slice(0, index + 1).join('/'))}>
            / {step}
          </button>
        ))}
      </div>
      {error === null ? null : (
        <Text c="var(--wrong)" role="alert">
          {error.message}
        </Text>
      )}
      <ul className={styles['entries']} aria-label="Folders and files">
        {(listing?.folders ?? []).map((name) => (
          <li key={name}>
            <button type="button" onClick={() => setPath(below(name))}>
              <IconFolder size={16} aria-hidden /> {name}
            </button>
          </li>
        ))}
        {(listing?.files ?? []).map((name) => (
          <li key={name}>
            <button type="button" disabled={busy} onClick={() => onSource({ kind: 'folder', root, path: below(name) })}>
              {/\.(zip|tar|tgz|gz)$/i.test(name) ? <IconFileZip size={16} aria-hidden /> : <IconTable size={16} aria-hidden />} {name}
            </button>
          </li>
        ))}
      </ul>
      <div className={styles['buttons']}>
        <Button leftSection={<IconFolderOpen size={16} />} disabled={busy || listing === undefined} onClick={() => onSource({ kind: 'folder', root, path })}>
          Use this folder
        </Button>
        <Text fz="xs" c="dimmed">
          {listing === undefined ? '' : `${plural(listing.image_count, 'photograph')} directly here. The files stay where they are.`}
        </Text>
      </div>
    </div>
  );
}
