import { VersionsPage } from '../versions/versions-page';

export default function VersionsScreen() {
  return <VersionsPage />;
}
