import type { Route } from '../route.ts';
import { actionRoutes } from './credential-actions.ts';
import { credentialRoutes } from './credentials.ts';
import { deploymentRoutes } from './deployment.ts';
import { historyRoutes } from './history.ts';
import { messageRoutes } from './messages.ts';
import { reportRoutes } from './reports.ts';
import { sentMessageRoutes } from './sent-messages.ts';
import { suppressionRoutes } from './suppressions.ts';

/** All routes but the one that reveals passwords. */
export const adminRoutes: readonly Route[] = [
  ...credentialRoutes,
  ...actionRoutes,
  ...reportRoutes,
  ...sentMessageRoutes,
  ...suppressionRoutes,
  ...historyRoutes,
  ...messageRoutes,
  ...deploymentRoutes,
];
