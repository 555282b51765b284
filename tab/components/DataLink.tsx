import { Link } from '@fluentui/react-components';
import { hashOf } from '../pages/route.ts';
import { useWords } from '../strings/index.ts';

/** The way to what is held about whoever looks: for everybody, also for somebody who is nobody here yet. */
export const DataLink = () => (
  <p>
    <Link href={hashOf({ page: 'data' })}>{useWords().data.title}</Link>
  </p>
);
