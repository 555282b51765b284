import { spawn } from 'node:child_process';

/** Shows an address in the person's browser, where there is a person and a screen. Nothing is said when that does not work. */
export function openBrowser(url: string): void {
  const { platform, env } = process;
  if (!process.stdout.isTTY || env.CI || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return;
  const [command, ...args] = platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command as string, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
