// A real Burnish in a temporary folder, on a free port.
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const binary = process.env['BURNISH_BINARY'] ?? resolve(root, 'build/dev/burnish');
const kStartWithin = 90_000;
const kLink = /(http:\/\/127\.0\.0\.1:\d+)\/login#\w+/;

export interface Running {
  origin: string;
  data: string;
  process: ChildProcess;
}

export interface StartOptions {
  // Folders that people may import from, by name.
  mediaRoots?: Record<string, string>;
  // 0 for any free one.
  port?: number;
  // Instead of `serve`: the demo project with this many photographs, or all of them.
  demo?: number | 'all';
  startWithin?: number;
}

const environment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BURNISH_'))),
  BURNISH_MODELS: process.env['BURNISH_MODELS'] ?? resolve(root, '.third_party/models'),
});

function commandOf(demo: StartOptions['demo']): string[] {
  if (demo === undefined) return ['serve'];
  return demo === 'all' ? ['demo', '--all'] : ['demo', '--photographs', String(demo)];
}

// Ready when it prints its login link.
export async function start(data: string, { mediaRoots = {}, port = 0, demo, startWithin = kStartWithin }: StartOptions = {}): Promise<Running> {
  const roots = Object.entries(mediaRoots).flatMap(([name, folder]) => ['--media-root', `${name}=${folder}`]);
  const child = spawn(binary, [...commandOf(demo), '--data', data, '--port', String(port), ...roots], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const origin = await new Promise<string>((found, failed) => {
    const slow = setTimeout(() => failed(new Error(`burnish did not start:\n${printed}`)), startWithin);
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const link = kLink.exec(printed);
      if (link?.[1] === undefined) return;
      clearTimeout(slow);
      found(link[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.on('exit', (code) => failed(new Error(`burnish ended with ${String(code)}:\n${printed}`)));
  });
  return { origin, data, process: child };
}

// A fresh one-time link, as a person at the console gets it.
export function loginLink(data: string): string {
  const link = kLink.exec(execFileSync(binary, ['login', '--data', data], { env: environment() }).toString());
  if (link === null) throw new Error('burnish login printed no link');
  return link[0];
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const hung = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(hung);
}

export const stop = ({ process: child }: Running) => end(child, 'SIGTERM');

// As when the power goes.
export const kill = ({ process: child }: Running) => end(child, 'SIGKILL');
