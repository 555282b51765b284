import { Button } from '@fluentui/react-components';
import { CloudOffRegular, DoorArrowLeftRegular, HourglassHalfRegular, PersonQuestionMarkRegular } from '@fluentui/react-icons';
import type { Problem, ProblemKind } from '../api/problem.ts';
import { useWords } from '../strings/index.ts';
import { Message } from './Message.tsx';

const ICONS: Readonly<Record<ProblemKind, typeof CloudOffRegular>> = {
  token: PersonQuestionMarkRegular,
  network: CloudOffRegular,
  busy: HourglassHalfRegular,
  refused: DoorArrowLeftRegular,
  unreadable: HourglassHalfRegular,
};

/** Why there is nothing to show, what the person can do, and a way to try again. The service's own sentence comes first. */
export function ProblemMessage({ problem, onRetry }: { problem: Problem; onRetry(): void }) {
  const words = useWords().problem;
  const Icon = ICONS[problem.kind];
  return (
    <Message icon={<Icon fontSize={48} />} title={words[problem.kind]} alert>
      {problem.sentence && <p>{problem.sentence}</p>}
      <p>{words[`${problem.kind}Hint`]}</p>
      <Button appearance="primary" onClick={onRetry}>
        {words.retry}
      </Button>
    </Message>
  );
}
