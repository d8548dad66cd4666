import { MantineProvider } from '@mantine/core';
import { onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { later } from './later';

function show(read: () => Promise<{ default: () => string }>) {
  const Part = later('part', read);
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { networkMode: 'always', retryDelay: 0 } } })}>
        <p>the rest</p>
        <Part />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

// Fails until the network is back.
function flaky() {
  let isOff = true;
  const read = vi.fn(() => (isOff ? Promise.reject(new Error('Failed to fetch')) : Promise.resolve({ default: () => 'the map' })));
  return { read, back: () => (isOff = false) };
}

test('a part whose script does not come says so, the rest stays, and it comes when asked again', async () => {
  const { read, back } = flaky();
  show(read);
  expect(await screen.findByRole('alert')).toHaveTextContent('A part of the app did not arrive');
  expect(screen.getByText('the rest')).toBeVisible();
  back();
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('the map')).toBeVisible();
});

test('it comes by itself when the network is back', async () => {
  const { read, back } = flaky();
  show(read);
  await screen.findByRole('alert');
  back();
  act(() => {
    onlineManager.setOnline(false);
    onlineManager.setOnline(true);
  });
  expect(await screen.findByText('the map')).toBeVisible();
});
