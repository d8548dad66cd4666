import { ImpactPage } from '../impact/impact-page';

export default function ImpactScreen() {
  return <ImpactPage />;
}
