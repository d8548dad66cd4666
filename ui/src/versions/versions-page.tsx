import { Button, Code, CopyButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconFlag } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useActions } from '../shared/actions/actions';
import { formatExact, plural } from '../shared/format';
import { useProjectId } from '../shared/project/project-query';
import { EmptyState } from '../shared/ui/empty-state';
import { Page } from '../shared/ui/page';
import { ProblemPage } from '../shared/ui/problem-page';
import { WaitingRows } from '../shared/ui/waiting';
import { DiffView } from './diff-view';
import { ExportDialog } from './export-dialog';
import { PublishVersion } from './publish-version';
import { versionsQuery, type Version } from './versions-query';
import styles from './versions.module.css';

// Named states of the project: publish, compare, export.
export function VersionsPage() {
  const project = useProjectId();
  const { data: versions, error, refetch } = useQuery(versionsQuery(project));
  const [publishing, { open, close }] = useDisclosure();
  const [exporting, setExporting] = useState<{ version?: string }>();
  useActions([{ id: 'publish', name: 'Publish a version', group: 'Versions', keys: ['n'], run: open }]);
  if (error !== null && versions === undefined) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (versions === undefined) return <WaitingRows what="versions" />;
  return (
    <Page
      title="Versions"
      acts={
        <>
          <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setExporting({})}>
            Export as it is now
          </Button>
          <Button leftSection={<IconFlag size={16} />} onClick={open}>
            Publish a version
          </Button>
        </>
      }
    >
      {versions.length === 0 ? (
        <div className={styles['empty']}>
          <EmptyState title="No version yet" action={<Button onClick={open}>Publish a version</Button>}>
            A version holds the project as it is now, for training and for comparing later. It never changes.
          </EmptyState>
        </div>
      ) : (
        <ul className={styles['list']}>
          {versions.map((version) => (
            <VersionItem key={version.name} version={version} onExport={() => setExporting({ version: version.name })} />
          ))}
        </ul>
      )}
      <DiffView key={versions[0]?.name ?? ''} project={project} versions={versions} />
      <PublishVersion project={project} opened={publishing} onClose={close} />
      {exporting === undefined ? null : <ExportDialog project={project} {...exporting} opened onClose={() => setExporting(undefined)} />}
    </Page>
  );
}

function VersionItem({ version, onExport }: { version: Version; onExport: () => void }) {
  return (
    <li>
      <IconFlag size={16} aria-hidden />
      <div className={styles['what']}>
        <b>{version.name}</b>
        {version.note === '' ? null : <span>{version.note}</span>}
        <span className={styles['hint']}>
          {plural(version.samples, 'sample')} · after change {version.sequence} · {version.author} · {formatExact(version.created_at)}
        </span>
      </div>
      <CopyButton value={version.digest}>
        {({ copied, copy }) => (
          <button type="button" className={styles['digest']} onClick={copy} title="Digest of the content; click to copy it">
            {copied ? 'copied' : <Code>{version.digest.slice(0, 12)}</Code>}
          </button>
        )}
      </CopyButton>
      <Button variant="default" size="compact-sm" leftSection={<IconDownload size={14} />} onClick={onExport} aria-label={`Export version ${version.name}`}>
        Export
      </Button>
    </li>
  );
}
