import { ActionIcon, Button, Group, Menu, Modal, Text, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconDeviceDesktop, IconInfoCircle, IconKeyboard, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { findAction, useActions } from '../actions/actions';
import { api } from '../api/client';
import { plural } from '../format';
import { useSavingState } from '../saving/saving';
import { complain } from '../toasts/toasts';
import { sessionQuery } from './session-query';

const schemes = [
  { value: 'auto', name: 'As the system', icon: IconDeviceDesktop },
  { value: 'light', name: 'Light', icon: IconSun },
  { value: 'dark', name: 'Dark', icon: IconMoon },
] as const;

// Who is in, how it looks to them, where help is, and the way out.
export function PersonMenu({ project }: { project?: string }) {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const { waiting, ask, asking, stay, leave } = useSignOut();
  useActions([
    ...schemes.map(({ value, name }) => ({ id: `scheme-${value}`, name: `Colours: ${name}`, group: 'Anywhere', run: () => setColorScheme(value) })),
    { id: 'sign-out', name: 'Sign out', group: 'Anywhere', run: ask },
  ]);
  const name = session?.person.name ?? 'You';
  return (
    <>
      <Menu position="bottom-end" width={220} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <Tooltip label={`${name}, colours, help, sign out`} disabled={opened}>
            <ActionIcon aria-label="You and help">
              <IconUserCircle size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {name}
            {session === undefined || session.role === name.toLowerCase() ? '' : `, ${session.role}`}
          </Menu.Label>
          {schemes.map(({ value, name: scheme, icon: Icon }) => (
            <Menu.Item
              key={value}
              leftSection={<Icon size={16} />}
              rightSection={value === colorScheme ? <IconCheck size={14} aria-label="chosen" /> : null}
              onClick={() => setColorScheme(value)}
            >
              {scheme}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {/* After the menu has closed and given the focus back. */}
          <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection="?" onClick={() => setTimeout(() => findAction('keys')?.run(), 0)}>
            Keys on this screen
          </Menu.Item>
          {project === undefined ? null : (
            <Menu.Item leftSection={<IconInfoCircle size={16} />} onClick={() => void navigate({ to: `/projects/${project}/about` })}>
              About Burnish
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={ask}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={stay} title="Sign out now?">
        <Text mb="md">
          {plural(waiting, 'change has', 'changes have')} not reached the server yet. Kept in this browser, {waiting === 1 ? 'it goes' : 'they go'} out when you come in again here.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={stay} data-autofocus>
            Stay
          </Button>
          <Button onClick={leave}>Sign out</Button>
        </Group>
      </Modal>
    </>
  );
}

// Goes out at once, unless something still waits to be saved.
function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const waiting = useSavingState().waiting.length;
  const [asking, { open, close }] = useDisclosure();
  const out = useMutation({
    mutationFn: () => api.delete('/api/v1/session'),
    onSuccess: async () => {
      await navigate({ to: '/login', replace: true });
      client.clear();
    },
    onError: (error) => complain(error, 'You are still signed in'),
  });
  const leave = () => {
    close();
    out.mutate();
  };
  return { waiting, asking, ask: () => (waiting > 0 ? open() : leave()), stay: close, leave };
}
