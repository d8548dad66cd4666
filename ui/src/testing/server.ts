import { HttpResponse, ws } from 'msw';
import { setupServer } from 'msw/node';
import type { Problem } from '../shared/api/types';

// A socket on which nothing happens.
const events = ws.link('*/api/v1/events');

// The HTTP server that component tests talk to; each test says what it answers.
export const server = setupServer(events.addEventListener('connection', () => undefined));

export function problem(status: number, code: Problem['code'], detail: string, more: Partial<Problem> = {}) {
  const body: Problem = { type: 'about:blank', title: code, status, code, detail, ...more };
  return HttpResponse.json(body, { status, headers: { 'Content-Type': 'application/problem+json' } });
}
