import { HistoryPage } from '../history/history-page';

export default function HistoryScreen() {
  return <HistoryPage />;
}
