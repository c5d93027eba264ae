import type { Route } from './route.ts';
import { actionRoutes } from './routes/credential-actions.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { deploymentRoutes } from './routes/deployment.ts';
import { messageRoutes } from './routes/messages.ts';
import { reportRoutes } from './routes/reports.ts';

/** All routes but the one that reveals passwords. */
export const adminRoutes: readonly Route[] = [
  ...credentialRoutes,
  ...actionRoutes,
  ...reportRoutes,
  ...messageRoutes,
  ...deploymentRoutes,
];
