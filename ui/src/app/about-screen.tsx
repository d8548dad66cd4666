import { AboutPage } from '../about/about-page';

export default function AboutScreen() {
  return <AboutPage />;
}
