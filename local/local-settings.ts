import { nameDeployment } from './local-deployment.ts';

/** Names and values of the default deployment of a local stack. */
export const localSettings = nameDeployment({
  region: 'us-east-1',
  table: 'sesame-local',
  namePrefix: '',
  identity: 'example.com',
});
