import { SuspectsPage } from '../suspects/suspects-page';

export default function SuspectsScreen() {
  return <SuspectsPage />;
}
