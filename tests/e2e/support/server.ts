// A real Burnish in a temporary folder: the demo project "Clothes", and a media root with photographs of recycling.
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const binary = process.env['BURNISH_BINARY'] ?? resolve(root, 'build/dev/burnish');
const kStartWithin = 90_000;
const kLink = /(http:\/\/127\.0\.0\.1:\d+)\/login#\w+/;

export interface Running {
  origin: string;
  process: ChildProcess;
}

const environment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BURNISH_'))),
  BURNISH_MODELS: process.env['BURNISH_MODELS'] ?? resolve(root, '.third_party/models'),
});

// `burnish demo` with its data in `data`; ready when it prints its login link.
export async function startDemo(data: string, photographs: number, mediaRoots: Record<string, string>): Promise<Running> {
  const roots = Object.entries(mediaRoots).flatMap(([name, folder]) => ['--media-root', `${name}=${folder}`]);
  const child = spawn(binary, ['demo', '--data', data, '--port', '0', '--photographs', String(photographs), ...roots], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const origin = await new Promise<string>((found, failed) => {
    const slow = setTimeout(() => failed(new Error(`burnish did not start:\n${printed}`)), kStartWithin);
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
  return { origin, process: child };
}

// A fresh one-time link, as a person at the console gets it.
export function loginLink(data: string): string {
  const link = kLink.exec(execFileSync(binary, ['login', '--data', data], { env: environment() }).toString());
  if (link === null) throw new Error('burnish login printed no link');
  return link[0];
}

export async function stop({ process: child }: Running): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const hung = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(hung);
}
