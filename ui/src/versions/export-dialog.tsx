import { Button, List, Modal, Radio, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconDownload, IconFolder } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../shared/api/client';
import type { Filter } from '../shared/api/types';
import { plural } from '../shared/format';
import { say } from '../shared/toasts/toasts';
import { exportFormatsQuery, type ExportFormat } from './versions-query';

interface Props {
  project: string;
  // A version's name; absent for the project as it is now.
  version?: string;
  // Only the samples that match; absent for all.
  filter?: Filter;
  opened: boolean;
  onClose: () => void;
}

type FormatName = ExportFormat['format'];

// What goes out, in which format, and what that format leaves behind: said before it starts.
export function ExportDialog({ project, version, filter, opened, onClose }: Props) {
  const { data: formats } = useQuery(exportFormatsQuery);
  const { data: roots } = useQuery({
    queryKey: ['media-roots'],
    queryFn: async ({ signal }) => (await api.get('/api/v1/media-roots', { signal })).roots,
    enabled: opened,
  });
  const [format, setFormat] = useState<FormatName>('folder_per_class');
  const [mode, setMode] = useState<'exact' | 'spreadsheet'>('exact');
  const [withMedia, setWithMedia] = useState(true);
  const [where, setWhere] = useState<'download' | 'folder'>('download');
  const [chosenRoot, setRoot] = useState<string | null>(null);
  const [path, setPath] = useState('');
  const root = chosenRoot ?? roots?.[0]?.name ?? null;
  const chosen = formats?.find((one) => one.format === format);
  const start = useMutation({
    mutationFn: () =>
      api.post('/api/v1/projects/{project}/exports', {
        path: { project },
        body: {
          format,
          ...(version === undefined ? {} : { version }),
          ...(filter === undefined ? {} : { filter }),
          csv_mode: mode,
          with_media: format === 'folder_per_class' ? true : withMedia,
          ...(where === 'folder' && root !== null ? { folder: { root, path: path.trim() } } : {}),
        },
      }),
    onSuccess: (made) => {
      if (made.archive !== undefined) {
        say(`The download of ${plural(made.samples, 'sample')} begins.`);
        window.location.assign(made.archive);
      } else {
        say(`${plural(made.samples, 'sample')} are being written; the jobs menu shows how far it is.`);
      }
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={version === undefined ? 'Export' : `Export version ${version}`} size="lg">
      <Stack gap="sm">
        <Radio.Group label="Format" value={format} onChange={(value) => setFormat(value as FormatName)}>
          <Stack gap={6} mt={6}>
            {(formats ?? []).map((one) => (
              <Radio key={one.format} value={one.format} label={one.name} />
            ))}
          </Stack>
        </Radio.Group>
        {format === 'csv' ? (
          <Radio.Group label="Cells" value={mode} onChange={(value) => setMode(value as 'exact' | 'spreadsheet')}>
            <Stack gap={6} mt={6}>
              <Radio value="exact" label="Exact" description="For programs: reads back as it was." />
              <Radio value="spreadsheet" label="Safe for spreadsheets" description="Cells that a spreadsheet would run as a formula start with an apostrophe." />
            </Stack>
          </Radio.Group>
        ) : null}
        {format === 'folder_per_class' ? null : <Switch label="With the photographs" checked={withMedia} onChange={(event) => setWithMedia(event.currentTarget.checked)} />}
        <Radio.Group label="To" value={where} onChange={(value) => setWhere(value as 'download' | 'folder')}>
          <Stack gap={6} mt={6}>
            <Radio value="download" label="A zip that this browser downloads" />
            <Radio value="folder" label="A new folder on the server" disabled={roots === undefined || roots.length === 0} />
          </Stack>
        </Radio.Group>
        {where === 'folder' ? (
          <Stack gap={6}>
            <Select label="Below" allowDeselect={false} value={root} onChange={setRoot} data={(roots ?? []).map(({ name }) => name)} />
            <TextInput label="Folder" placeholder="exports/spring" value={path} onChange={(event) => setPath(event.currentTarget.value)} />
          </Stack>
        ) : null}
        {chosen === undefined || chosen.leaves_out.length === 0 ? null : (
          <div>
            <Text fw={600} id="leaves-out">
              This format does not carry
            </Text>
            <List size="sm" aria-labelledby="leaves-out">
              {chosen.leaves_out.map((thing) => (
                <List.Item key={thing}>{thing}</List.Item>
              ))}
            </List>
          </div>
        )}
        {start.error === null ? null : (
          <Text c="var(--wrong)" role="alert">
            {start.error.message}
          </Text>
        )}
        <Button
          leftSection={where === 'download' ? <IconDownload size={16} /> : <IconFolder size={16} />}
          loading={start.isPending}
          disabled={where === 'folder' && (root === null || path.trim() === '')}
          onClick={() => start.mutate()}
        >
          Export
        </Button>
      </Stack>
    </Modal>
  );
}
