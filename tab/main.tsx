import { createRoot } from 'react-dom/client';
import './base.css';
import { type Host, joinHost } from './api/host.ts';
import { serviceWith } from './api/service.ts';
import { Guard } from './components/Guard.tsx';
import { App } from './pages/App.tsx';
import { Outside } from './pages/Outside.tsx';
import { hashOf, routeOf, routeOfSubPage } from './pages/route.ts';

const root = createRoot(document.getElementById('root')!);
const host = await joinHost();
if (typeof host === 'string') root.render(<Outside why={host} />);
else start(host);

function start(host: Host): void {
  const channelPartnershipId = new URLSearchParams(window.location.search).get('partnership');
  // A link of Teams comes with the context, not in the address; an address that says where to go wins.
  if (host.subPageId && routeOf(window.location.hash).page === 'home') {
    window.history.replaceState(null, '', hashOf(routeOfSubPage(host.subPageId)));
  }
  root.render(
    <Guard>
      <App host={host} service={serviceWith(host.token)} channelPartnershipId={channelPartnershipId} />
    </Guard>,
  );
  host.ready();
}
