import { ExplorePage } from '../explore/explore-page';
import { SamplePage } from '../sample/sample-page';
import { useExploreState } from '../shared/explore-state';
import styles from './explore-screen.module.css';

// Explore, and over it the sample that the link opens. Explore stays as it is below: filter, selection, scroll position.
export default function ExploreScreen() {
  const { search } = useExploreState();
  const covered = search.sample !== undefined;
  return (
    <>
      <div className={styles['below']} inert={covered}>
        <ExplorePage />
      </div>
      {search.sample === undefined ? null : <SamplePage ordinal={search.sample} />}
    </>
  );
}
