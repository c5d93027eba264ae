import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the functions' bundles: the build puts this file in its place.
 *
 * Lambda always hands the role's credentials over in the environment
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime), so profiles,
 * SSO, STS and instance metadata would only cost size and load time.
 */
export const defaultProvider = fromEnv;
