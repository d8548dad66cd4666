import { ExplorePage } from '../explore/explore-page';

export default function ExploreScreen() {
  return <ExplorePage />;
}
