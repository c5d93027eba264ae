import { nameDeployment } from './local-deployment.ts';

/** Names and values of the deployment that every local stack has. */
export const localSettings = nameDeployment({
  region: 'us-east-1',
  table: 'sesame-local',
  namePrefix: '',
  identity: 'example.com',
});
