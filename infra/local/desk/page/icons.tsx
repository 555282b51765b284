import type { ReactNode } from 'react';

const Icon = ({ children }: { children: ReactNode }) => (
  <svg
    className="icon"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.3"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.3" />
    <path d="M10 5.8V10l2.8 1.8" />
  </Icon>
);
export const MailIcon = () => (
  <Icon>
    <rect x="2.7" y="4.3" width="14.6" height="11.4" rx="2" />
    <path d="m3 6 7 4.6L17 6" />
  </Icon>
);
export const ThemeIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.3" />
    <path d="M10 2.7a7.3 7.3 0 0 1 0 14.6z" fill="currentColor" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="m6 8 4 4 4-4" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M3.5 3.6 17 10 3.5 16.4 5.3 10zM5.3 10H11" />
  </Icon>
);
export const PeopleIcon = () => (
  <Icon>
    <circle cx="7.3" cy="6.8" r="2.8" />
    <path d="M2.5 16c0-2.6 2-4.3 4.8-4.3s4.8 1.7 4.8 4.3" />
    <path d="M12.6 4.3a2.7 2.7 0 0 1 0 5M14.6 12.3c1.8.5 2.9 1.9 2.9 3.7" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M5 10h.01M10 10h.01M15 10h.01" strokeWidth="2.4" />
  </Icon>
);
export const LogoIcon = () => (
  <svg className="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="#5b5fc7" />
    <path d="M9 10h14v9H15l-4 4v-4H9z" fill="#fff" />
  </svg>
);
