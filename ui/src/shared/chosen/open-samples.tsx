import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Ordinal } from '../api/types';
import { formatCount } from '../format';
import { complain } from '../toasts/toasts';
import { chosenFilter, kMostInLink } from './chosen-filter';

interface Props {
  project: string;
  ordinals: readonly Ordinal[];
  // When there are more than are listed.
  count?: number;
  run: string;
  // After the count: "got right".
  text: string;
}

// A number of samples that opens exactly these samples.
export function OpenSamples({ project, ordinals, count = ordinals.length, run, text }: Props) {
  const navigate = useNavigate();
  const to = `/projects/${project}/explore`;
  const open = useMutation({
    mutationFn: () => chosenFilter(project, ordinals),
    onSuccess: (filter) => navigate({ to, search: { filter, run } }),
    onError: (error) => complain(error, 'These samples could not be opened'),
  });
  if (count === 0) {
    return (
      <Text component="span" fz="xs" c="dimmed">
        none {text}
      </Text>
    );
  }
  const words = `${formatCount(count)} ${text}`;
  return ordinals.length > kMostInLink ? (
    <Button variant="default" size="compact-sm" loading={open.isPending} onClick={() => open.mutate()}>
      {words}
    </Button>
  ) : (
    <Button variant="default" size="compact-sm" renderRoot={(props) => <Link to={to} search={{ filter: { ordinals: [...ordinals] }, run }} {...props} />}>
      {words}
    </Button>
  );
}
