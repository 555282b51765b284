import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import { Notice, type NoticeView } from '../components/Notice.tsx';
import css from './Page.module.css';
import type { PageForm } from './usePage.ts';

const ActionForm = lazy(() => import('../components/ActionForm.tsx'));

interface PageProps {
  nav: ReactNode;
  name: string;
  title: string;
  form: PageForm | null;
  notice: NoticeView | null;
  quiet(): void;
  /** A link led to this very thing: the keyboard goes to its title. */
  meant?: string | null;
  children: ReactNode;
}

/** The frame of a page: where one is, its title, what came of a press, and the form that stands open. */
export function Page({ nav, name, title, form, notice, quiet, meant = null, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (meant) heading.current?.focus();
  }, [meant]);
  return (
    <>
      <main className={css.page}>
        <header className={css.head}>
          {nav}
          <p className={css.name}>{name}</p>
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
        </header>
        {children}
      </main>
      <Suspense fallback={null}>
        {form && <ActionForm action={form.action} what={form.about} onSend={form.send} onCancel={form.cancel} />}
      </Suspense>
      <Notice notice={notice} onDone={quiet} openLink={() => undefined} />
    </>
  );
}
