import { Component, type ReactNode } from 'react';
import { en } from '../strings/en.ts';

/** Instead of an empty page, when the page itself went wrong: plain words and a way on. */
export class Guard extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    if (!this.state.crashed) return this.props.children;
    return (
      <main role="alert" style={{ padding: 32, textAlign: 'center', lineHeight: 1.6 }}>
        <h1 style={{ fontSize: 22 }}>{en.crashed}</h1>
        <p>{en.crashedHint}</p>
        <p style={{ marginTop: 16 }}>
          <button type="button" onClick={() => window.location.reload()}>
            {en.problem.retry}
          </button>
        </p>
      </main>
    );
  }
}
