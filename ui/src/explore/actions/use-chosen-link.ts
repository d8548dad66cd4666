import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Filter, Ordinal } from '../../shared/api/types';
import { chosenFilter } from '../../shared/chosen/chosen-filter';
import { stringifySearch } from '../../shared/explore-link';
import { plural } from '../../shared/format';
import { clearSelection } from '../../shared/selection/selection';
import { complain, say } from '../../shared/toasts/toasts';

// Makes a link of samples that were chosen by hand, however many: to stay on them, or for somebody else.
export function useChosenLink(project: string) {
  const navigate = useNavigate();
  const show = useMutation({
    mutationFn: (ordinals: readonly Ordinal[]) => chosenFilter(project, ordinals),
    onSuccess: (filter) => {
      clearSelection();
      return navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, filter: { all: [filter] }, sample: undefined }) });
    },
    onError: (error) => complain(error, 'These samples could not be shown alone'),
  });
  const copy = useMutation({
    mutationFn: async (ordinals: readonly Ordinal[]) => {
      const filter: Filter = { all: [await chosenFilter(project, ordinals)] };
      await navigator.clipboard.writeText(new URL(`/projects/${project}/explore${stringifySearch({ filter })}`, window.location.href).href);
      return ordinals.length;
    },
    onSuccess: (count) => say(`A link to ${plural(count, 'sample')} is in the clipboard.`),
    onError: (error) => complain(error, 'The link could not be copied'),
  });
  return {
    show: (ordinals: readonly Ordinal[]) => show.mutate(ordinals),
    // Browsers give the clipboard to pages from this machine and over HTTPS only.
    copy: 'clipboard' in navigator ? (ordinals: readonly Ordinal[]) => copy.mutate(ordinals) : undefined,
  };
}
