import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { refreshSession } from './session/session-store.ts';
import { applySettings, settings } from './settings/settings.ts';
import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';
import './styles/pages.css';
import './styles/tasks.css';

applySettings(settings());
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
void refreshSession();
