import { Button, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { api } from '../shared/api/client';
import { plural } from '../shared/format';
import { liveKey } from '../shared/live/keys';
import { useProjectId } from '../shared/project/project-query';
import { complain } from '../shared/toasts/toasts';
import { Page } from '../shared/ui/page';
import { CheckStep } from './check-step';
import { importKey, importQuery, importsQuery, type Import, type ImportMapping } from './imports-query';
import { JobProgress } from './job-progress';
import { PastImports } from './past-imports';
import { Problems } from './problems';
import { uploadAll } from './upload';
import { WhatStep } from './what-step';
import { WhereStep, type Source } from './where-step';
import styles from './imports.module.css';

// Four steps on one page: where, what it is, check, import. Nothing is written before the last.
export function ImportPage() {
  const project = useProjectId();
  const [id, setId] = useState<string>();
  const client = useQueryClient();
  const restart = () => {
    setId(undefined);
    void client.invalidateQueries({ queryKey: ['imports', project] });
  };
  return (
    <Page title="Import" hint="Nothing is written before the last step.">
      {id === undefined ? <Begin project={project} onBegun={setId} /> : <Steps key={id} project={project} id={id} onRestart={restart} />}
      {id === undefined ? <PastImports project={project} /> : null}
    </Page>
  );
}

function Step({ number, title, done, children }: { number: number; title: string; done?: boolean; children?: ReactNode }) {
  return (
    <section className={styles['step']} aria-labelledby={`step-${String(number)}`} data-waiting={children === undefined || undefined}>
      <h2 id={`step-${String(number)}`}>
        <span className={styles['number']}>{done === true ? <IconCheck size={14} role="img" aria-label="done" /> : number}</span> {title}
      </h2>
      {children === undefined ? null : <div className={styles['stepBody']}>{children}</div>}
    </section>
  );
}

function Begin({ project, onBegun }: { project: string; onBegun: (id: string) => void }) {
  const [sending, setSending] = useState<{ done: number; total: number; bytes: number }>();
  const abort = useRef<AbortController>(undefined);
  const begin = useMutation({
    mutationFn: async (source: Source) => {
      const made = await api.post('/api/v1/projects/{project}/imports', {
        path: { project },
        body: source.kind === 'folder' ? source : { kind: 'upload', name: source.name.slice(0, 255) },
      });
      if (source.kind === 'upload') {
        abort.current = new AbortController();
        const total = source.files.length;
        setSending({ done: 0, total, bytes: 0 });
        try {
          await uploadAll(project, made.id, source.files, (done, bytes) => setSending({ done, total, bytes }), abort.current.signal);
        } catch (error) {
          await api.delete('/api/v1/projects/{project}/imports/{import}', { path: { project, import: made.id } }).catch(() => undefined);
          throw error;
        }
      }
      await api.post('/api/v1/projects/{project}/imports/{import}/check', { path: { project, import: made.id }, body: {} });
      return made.id;
    },
    onSuccess: onBegun,
    onError: (error) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) complain(error, 'The import could not begin');
    },
    onSettled: () => setSending(undefined),
  });
  return (
    <>
      <Step number={1} title="Where">
        <WhereStep onSource={(source) => begin.mutate(source)} sending={sending} busy={begin.isPending} />
        {sending === undefined ? null : (
          <Button variant="default" mt="sm" onClick={() => abort.current?.abort()}>
            Cancel
          </Button>
        )}
      </Step>
      <Step number={2} title="What it is" />
      <Step number={3} title="Check" />
      <Step number={4} title="Import" />
    </>
  );
}

function Steps({ project, id, onRestart }: { project: string; id: string; onRestart: () => void }) {
  const client = useQueryClient();
  const { data: one, error } = useQuery(importQuery(project, id));
  const put = (next: Import) => client.setQueryData(importKey(project, id), next);
  const check = useMutation({
    mutationFn: (mapping: ImportMapping) => api.post('/api/v1/projects/{project}/imports/{import}/check', { path: { project, import: id }, body: mapping }),
    onSuccess: put,
    onError: (failure) => complain(failure, 'This choice does not work'),
  });
  const commit = useMutation({
    mutationFn: () => api.post('/api/v1/projects/{project}/imports/{import}/commit', { path: { project, import: id } }),
    onSuccess: put,
    onError: (failure) => complain(failure, 'The import could not start'),
  });
  const cancel = useMutation({
    mutationFn: () => api.delete('/api/v1/projects/{project}/imports/{import}', { path: { project, import: id } }),
    onSuccess: onRestart,
    onError: (failure) => complain(failure, 'The import could not be cancelled'),
  });
  if (error !== null) {
    return (
      <Step number={1} title="Where">
        <Text role="alert">{error.message}</Text>
        <Button mt="sm" onClick={onRestart}>
          Begin again
        </Button>
      </Step>
    );
  }
  if (one === undefined) return null;
  const { plan } = one;
  const settled = one.state === 'importing' || one.state === 'done';
  // A plan is stale from the moment a choice is changed, long before the server says so.
  const ready = one.state === 'checked' && plan?.can_commit === true && !check.isPending;
  return (
    <>
      <Step number={1} title={`Where: ${one.source.name}`} done />
      <Step number={2} title="What it is" done={settled}>
        {settled ? undefined : plan === undefined ? (
          one.state === 'checking' ? (
            <JobProgress job={one.job} doing="Looking at it" />
          ) : (
            <Text role="alert">{one.failure?.detail ?? 'It could not be read.'}</Text>
          )
        ) : (
          <WhatStep plan={plan} onMapping={(mapping) => check.mutate(mapping)} />
        )}
      </Step>
      <Step number={3} title="Check" done={settled}>
        {settled || plan === undefined ? undefined : (
          <>
            {one.state === 'checking' ? <JobProgress job={one.job} doing="Checking every file" /> : null}
            <CheckStep project={project} one={one} plan={plan} onMapping={(mapping) => check.mutate(mapping)} />
          </>
        )}
      </Step>
      <Step number={4} title="Import" done={one.state === 'done'}>
        {one.state === 'importing' ? (
          <>
            <JobProgress job={one.job} doing="Importing" />
            <Button variant="default" mt="sm" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel; nothing will be left behind
            </Button>
          </>
        ) : one.state === 'done' ? (
          <Done project={project} one={one} onRestart={onRestart} />
        ) : one.state === 'failed' && plan !== undefined ? (
          <>
            <Text role="alert" c="var(--wrong)">
              {one.failure?.detail}
            </Text>
            <Button mt="sm" onClick={onRestart}>
              Begin again
            </Button>
          </>
        ) : (
          <div className={styles['buttons']}>
            <Button disabled={!ready} loading={commit.isPending} onClick={() => commit.mutate()}>
              Import {plan === undefined ? '' : plural(plan.samples, plan.content === 'samples' ? 'sample' : 'prediction')}
            </Button>
            <Button variant="default" onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          </div>
        )}
      </Step>
    </>
  );
}

function Done({ project, one, onRestart }: { project: string; one: Import; onRestart: () => void }) {
  const client = useQueryClient();
  const { report } = one;
  // The project has new samples, classes and fields from here on.
  useEffect(() => {
    void client.invalidateQueries({ queryKey: liveKey(project) });
    void client.invalidateQueries({ queryKey: importsQuery(project).queryKey });
  }, [client, project]);
  if (report === undefined) return null;
  return (
    <div role="status">
      <Text fw={600}>
        {report.predictions !== undefined && report.predictions > 0 ? plural(report.predictions, 'prediction') : plural(report.samples, 'sample')} imported in {report.seconds.toFixed(1)} s
        {report.left_out > 0 ? `, ${plural(report.left_out, 'file')} left out` : ''}.
      </Text>
      <Problems project={project} id={one.id} problems={report.problems} />
      <div className={styles['buttons']}>
        <Button renderRoot={(props) => <Link to={`/projects/${project}/explore`} {...props} />}>Explore</Button>
        <Button variant="default" onClick={onRestart}>
          Import something else
        </Button>
      </div>
    </div>
  );
}
