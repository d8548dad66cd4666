import { useProject } from '../shared/project/project-query';
import { EmptyState } from '../shared/ui/empty-state';

export function ExplorePage() {
  const project = useProject();
  return <EmptyState title={project.card.name} />;
}
