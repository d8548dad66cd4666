import { ClassesPage } from '../classes/classes-page';

export default function ClassesScreen() {
  return <ClassesPage />;
}
