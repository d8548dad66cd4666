// Talks to the server, and notes whether it answers; notifications, redirects and retries belong to its callers.
import { noteServer } from '../live/server-away';
import { parseBlobFrame, parseFrame, type BlobFrame, type Frame } from './frames';
import type { paths } from './schema';
import type { Problem } from './types';

// The server's answer that it could not do what was asked, as the problem document that it sent.
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

// The server could not be reached; whether it did what was asked is unknown.
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('Burnish does not answer. Is the server running?', { cause });
    this.name = 'NetworkError';
  }
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P][M];
type JsonContent<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Success<T> = T extends { responses: infer Responses }
  ? JsonContent<Responses[keyof Responses & (200 | 201 | 202 | 204)]>
  : never;
type QueryOf<T> = T extends { parameters: { query?: infer Query } } ? Query : never;
type BodyOf<T> = T extends { requestBody: { content: infer Content } } ? Content[keyof Content] : undefined;
type ParametersIn<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | ParametersIn<Rest> : never;

export type RequestOptions<P extends keyof paths, M extends Method> = {
  signal?: AbortSignal;
  // Given by callers that may try again; made here otherwise.
  idempotencyKey?: string;
  // Sent to its end even when the page goes away meanwhile; for bodies below 64 KiB.
  keepalive?: boolean;
  query?: QueryOf<Operation<P, M>>;
} & ([ParametersIn<P>] extends [never] ? { path?: undefined } : { path: Record<ParametersIn<P>, string | number> }) &
  (BodyOf<Operation<P, M>> extends undefined ? { body?: undefined } : { body: BodyOf<Operation<P, M>> });

type OptionsArgument<P extends keyof paths, M extends Method> =
  Record<never, never> extends RequestOptions<P, M> ? [options?: RequestOptions<P, M>] : [options: RequestOptions<P, M>];

interface AnyOptions {
  signal?: AbortSignal;
  idempotencyKey?: string;
  keepalive?: boolean;
  path?: Record<string, string | number>;
  query?: unknown;
  body?: unknown;
}

export function newOperationId(): string {
  return crypto.randomUUID();
}

export function buildUrl(template: string, path: Record<string, string | number> = {}, query: unknown = {}): string {
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name] ?? '')));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? url : `${url}?${text}`;
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: response.status >= 500 ? 'unavailable' : 'internal',
    detail: `The server answered ${String(response.status)} without saying why.`,
  };
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body ? (body as Problem) : fallback;
  } catch {
    return fallback;
  }
}

async function send(method: Method, template: string, options: AnyOptions = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (method !== 'get') headers['Idempotency-Key'] = options.idempotencyKey ?? newOperationId();
  let body: BodyInit | undefined;
  if (options.body instanceof Blob) {
    headers['Content-Type'] = 'application/octet-stream';
    body = options.body;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(buildUrl(template, options.path, options.query), {
      method: method.toUpperCase(),
      headers,
      body: body ?? null,
      signal: options.signal ?? null,
      keepalive: options.keepalive ?? false,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    noteServer(false);
    throw new NetworkError(error);
  }
  noteServer(true);
  if (!response.ok) throw new ApiError(await readProblem(response));
  return response;
}

// An answer may break off: whether the server did what was asked is then as unknown as without any.
async function whole<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NetworkError(error);
  }
}

async function call<P extends keyof paths, M extends Method>(method: M, template: P, options: AnyOptions | undefined) {
  const response = await send(method, template, options);
  const answer: unknown = response.status === 204 ? undefined : await whole(response.json());
  return answer as Success<Operation<P, M>>;
}

export const api = {
  get: <P extends PathsWith<'get'>>(path: P, ...[options]: OptionsArgument<P, 'get'>) =>
    call<P, 'get'>('get', path, options as AnyOptions | undefined),
  post: <P extends PathsWith<'post'>>(path: P, ...[options]: OptionsArgument<P, 'post'>) =>
    call<P, 'post'>('post', path, options as AnyOptions | undefined),
  put: <P extends PathsWith<'put'>>(path: P, ...[options]: OptionsArgument<P, 'put'>) =>
    call<P, 'put'>('put', path, options as AnyOptions | undefined),
  patch: <P extends PathsWith<'patch'>>(path: P, ...[options]: OptionsArgument<P, 'patch'>) =>
    call<P, 'patch'>('patch', path, options as AnyOptions | undefined),
  delete: <P extends PathsWith<'delete'>>(path: P, ...[options]: OptionsArgument<P, 'delete'>) =>
    call<P, 'delete'>('delete', path, options as AnyOptions | undefined),
  // An answer of typed arrays (application/vnd.burnish.arrays).
  frame: async <P extends PathsWith<'get'>>(path: P, ...[options]: OptionsArgument<P, 'get'>): Promise<Frame> => {
    const response = await send('get', path, options as AnyOptions | undefined);
    return parseFrame(await whole(response.arrayBuffer()));
  },
  // The same for arrays of files, which are taken out of it one by one.
  blobFrame: async <P extends PathsWith<'get'>>(path: P, ...[options]: OptionsArgument<P, 'get'>): Promise<BlobFrame> => {
    const response = await send('get', path, options as AnyOptions | undefined);
    return parseBlobFrame(await whole(response.blob()));
  },
};
