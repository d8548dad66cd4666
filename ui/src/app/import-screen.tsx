import { ImportPage } from '../imports/import-page';

export default function ImportScreen() {
  return <ImportPage />;
}
