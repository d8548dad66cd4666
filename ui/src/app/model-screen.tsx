import { ModelPage } from '../model/model-page';

export default function ModelScreen() {
  return <ModelPage />;
}
