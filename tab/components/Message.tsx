import type { ReactNode } from 'react';
import css from './Message.module.css';

/** A page that has one thing to say. */
export function Message({ icon, title, children, alert }: { icon: ReactNode; title: string; children: ReactNode; alert?: boolean }) {
  return (
    <main className={css.message} role={alert ? 'alert' : undefined}>
      <span className={css.icon} aria-hidden>
        {icon}
      </span>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
