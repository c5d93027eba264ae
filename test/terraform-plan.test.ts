import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBridgeClient, PutRuleCommandInput } from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { adminApiRoutes } from '../local/admin-api-routes.ts';
import { ownershipValues } from '../local/deploy-function.ts';
import { environmentTemplates, functionDefinitions } from '../local/function-definitions.ts';
import { evaluateIamRequest } from '../local/iam-evaluation/evaluate-iam-request.ts';
import { localSettings } from '../local/local-settings.ts';
import { usualTimings } from '../local/local-timings.ts';
import type { PolicyDocument } from '../local/policy/policy-document.ts';
import { readRolePolicy } from '../local/policy/read-role-policy.ts';
import { createVerificationRule } from '../local/resources/create-verification-rule.ts';
import type { OwnershipSettings } from '../src/credential/iam/ownership.ts';
import { parseDeployment } from '../src/deployment/deployment.ts';
import { deploymentParameterName } from '../src/deployment/deployment-name.ts';
import { readEnv } from '../src/functions/runtime/read-env.ts';
import { METRIC_NAMESPACE } from '../src/observability/metric-catalogue.ts';
import * as metrics from '../src/observability/metrics.ts';
import { adminApiPolicy } from './support/admin-api-policy.ts';
import { readFunctionSchemas } from './support/read-function-schemas.ts';
import { deniedToAll, roleCalls } from './support/terraform/role-calls.ts';
import {
  type Plan,
  type PlannedBlock,
  type PlannedValue,
  resourcesOfType,
  runTerraformTests,
} from './support/terraform/terraform-plans.ts';
import { openTerraformWorkspace } from './support/terraform/terraform-workspace.ts';

const root = join(import.meta.dirname, '..');
const packageVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
const workspace = await openTerraformWorkspace();
const usable = 'run' in workspace;
const report = usable ? await runTerraformTests(workspace, ['plans.tftest.hcl']) : undefined;
const plans: Readonly<Record<string, Plan>> = report?.plans ?? {};
afterAll(() => (usable ? workspace.remove() : undefined));

const schemas = await readFunctionSchemas();
const functionNames = [...schemas.keys()].sort();
const usualFunctionNames = functionNames.filter((name) => functionDefinitions[name]?.enabled_by === undefined);
const apiUrl = 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com';

const address = (name: string, rest: string) => `module.functions["${name}"].${rest}`;
const known = (resource: PlannedBlock | undefined, key: string): PlannedValue => resource?.[key] ?? null;
const firstBlock = (resource: PlannedBlock | undefined, key: string): PlannedBlock =>
  ((known(resource, key) as PlannedBlock[] | null) ?? [])[0] ?? {};

function plan(name: string): Plan {
  const found = plans[name];
  if (found === undefined) throw new Error(`terraform test made no plan ${name}: ${report?.errors.join('\n')}`);
  return found;
}

function typesOf(name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of plan(name).resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** A role's policies in the plan. */
function rolePolicies(name: string): Map<string, string> {
  const found = [...resourcesOfType(plan(name), 'aws_iam_role_policy').values()];
  return new Map(found.map((values) => [String(values['name']), String(values['policy'] ?? '')]));
}

describe.runIf(usable)('the planned deployment', () => {
  it('was planned in every variant', () => {
    expect(report?.errors).toEqual([]);
    expect(Object.keys(plans)).toEqual([
      'defaults',
      'with_admin_api',
      'everything_off',
      'everything_on',
      'example_minimal',
      'example_complete',
      'example_existing_table',
      'example_several_domains',
      'example_mta_sts',
    ]);
  });

  it('has as many resources of each type as before in the complete example', () => {
    expect(typesOf('example_complete')).toMatchObject({
      aws_lambda_function: 9,
      aws_lambda_event_source_mapping: 5,
      aws_iam_role: 14,
      aws_iam_role_policy: 14,
      aws_sqs_queue: 5,
      aws_sns_topic: 6,
      aws_scheduler_schedule: 3,
      aws_cloudwatch_metric_alarm: 47,
      aws_cloudwatch_dashboard: 1,
      aws_apigatewayv2_route: adminApiRoutes.length,
      aws_sesv2_email_identity: 2,
      aws_route53_record: 17,
      aws_cloudtrail: 1,
      aws_cloudfront_distribution: 1,
    });
    expect(plan('example_complete').resources).toHaveLength(236 + adminApiRoutes.length);
  });

  it('holds no secret anywhere', () => {
    const secretTypes =
      /access_key|login_profile|service_specific_credential|kms_ciphertext|secretsmanager|^aws_iam_user/;
    const marked = (value: PlannedValue): boolean =>
      value === true || (typeof value === 'object' && value !== null && Object.values(value).some(marked));
    for (const name of Object.keys(plans)) {
      const { resources, outputs } = plan(name);
      expect(resources.length).toBeGreaterThan(50);
      expect(resources.filter(({ type }) => secretTypes.test(type))).toEqual([]);
      const secret = resources.filter(({ sensitive }) => marked(sensitive));
      // The provider marks the attribute for the user's own private key, which stays empty.
      const filled = secret.filter(({ values }) => JSON.stringify(values).match(/private_key":"[^"]/));
      expect(filled).toEqual([]);
      expect(Object.values(outputs).some(({ after_sensitive }) => marked(after_sensitive ?? false))).toBe(false);
      expect(JSON.stringify(resources.map(({ values }) => values))).not.toMatch(/AKIA|BEGIN [A-Z ]*PRIVATE KEY/);
    }
  });

  it('is described in an SSM parameter, as planned', () => {
    for (const [name, prefix] of [
      ['defaults', ''],
      ['everything_on', 'team-'],
    ] as const) {
      const parameters = [...resourcesOfType(plan(name), 'aws_ssm_parameter').values()];
      expect(parameters).toHaveLength(1);
      const [parameter] = parameters;
      expect(parameter).toMatchObject({ name: deploymentParameterName(prefix), type: 'String', tier: 'Standard' });
      const json = String(parameter?.['insecure_value']);
      expect(plan(name).outputs['deployment']?.after).toBe(json);
      const deployment = parseDeployment(json, 'The plan');
      // The parser knows every attribute.
      expect(deployment).toEqual(JSON.parse(json));
      expect(deployment.namePrefix).toBe(prefix);
      expect(deployment.version).toBe(packageVersion);
      const deployed = name === 'defaults' ? usualFunctionNames : functionNames;
      expect([...deployment.functions].sort()).toEqual(deployed.map((service) => `${prefix}${service}`));
      expect(deployment.api?.url).toBe(name === 'defaults' ? undefined : apiUrl);
      const namesOf = (type: string) => [...resourcesOfType(plan(name), type).values()].map((values) => values['name']);
      const lastOf = (separator: string, texts: readonly (string | undefined)[]) =>
        texts.map((text) => text?.split(separator).at(-1));
      expect(namesOf('aws_sqs_queue').sort()).toEqual(
        lastOf('/', [
          deployment.deadLetterQueueUrl,
          deployment.feedbackQueueUrl,
          deployment.parkingQueueUrl,
          deployment.sendingEventsQueueUrl,
          deployment.verificationQueueUrl,
        ]).sort(),
      );
      expect(namesOf('aws_sns_topic').sort()).toEqual(lastOf(':', Object.values(deployment.topics)).sort());
      const others = [deployment.eventLogGroup, deployment.historyLogGroup, deployment.api?.accessLogGroup].filter(
        Boolean,
      );
      const logGroups = [...Object.values(deployment.logGroups), ...others];
      expect(namesOf('aws_cloudwatch_log_group').sort()).toEqual(logGroups.sort());
      const [set] = resourcesOfType(plan(name), 'aws_sesv2_configuration_set').values();
      expect(deployment.configurationSet).toBe(set?.['configuration_set_name']);
    }
  });

  it('lets people of every role read its description', () => {
    for (const role of ['team-smtp-viewer', 'team-smtp-operator', 'team-smtp-secret-reader']) {
      const { Statement } = JSON.parse(rolePolicies('everything_on').get(role) ?? '{}') as PolicyDocument;
      expect(Statement).toContainEqual({
        Sid: 'FindTheDeployment',
        Effect: 'Allow',
        Action: 'ssm:GetParameter',
        Resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/sesame/team/deployment',
      });
    }
  });

  it('shows a credential as disabling on the dashboard until it is off', () => {
    const [dashboard] = resourcesOfType(plan('everything_on'), 'aws_cloudwatch_dashboard').values();
    expect(dashboard?.['dashboard_body']).toMatch(/"DriftNotDisabled","service","[^"]+",\{"label":"disabling[^"]*"\}/);
  });

  it('costs nothing when idle if everything is off', () => {
    const off = typesOf('everything_off');
    const on = typesOf('everything_on');
    const optional = [
      'aws_cloudwatch_metric_alarm',
      'aws_cloudwatch_dashboard',
      'aws_cloudwatch_log_metric_filter',
      'aws_cloudwatch_log_resource_policy',
      'aws_cloudtrail',
      'aws_s3_bucket',
      'aws_s3_object',
      'aws_cloudfront_distribution',
      'aws_acm_certificate',
      'aws_kms_key',
    ];
    expect(optional.filter((type) => off[type] !== undefined)).toEqual([]);
    expect(optional.filter((type) => on[type] === undefined)).toEqual(['aws_kms_key']);
    expect(off['aws_sesv2_configuration_set_event_destination']).toBe(5);
    expect(off['aws_iam_role']).toBe(8);
    expect(off['aws_cloudwatch_event_rule']).toBe(1);
  });

  it('puts a prefix before every name of the account', () => {
    const named = plan('everything_on').resources.flatMap(({ address, type, values }) => {
      const name = values['name'] ?? values['function_name'] ?? values['alarm_name'] ?? values['dashboard_name'];
      const free = [
        'aws_iam_role_policy',
        'aws_cloudwatch_log_group',
        'aws_cloudwatch_log_metric_filter',
        'aws_scheduler_schedule',
        'aws_ssm_parameter', // /sesame/PREFIX/deployment
        'aws_apigatewayv2_stage', // $default
      ];
      return typeof name === 'string' && !free.includes(type) && type !== 'aws_dynamodb_table'
        ? [{ address, name }]
        : [];
    });
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !name.startsWith('team-'))).toEqual([]);
  });

  it('tags everything that can be tagged', () => {
    const untagged = plan('everything_on').resources.filter(
      ({ values }) => 'tags' in values && JSON.stringify(values['tags']) !== '{"owner":"mail"}',
    );
    expect(untagged.map((resource) => resource.address)).toEqual([]);
  });
});

describe.runIf(usable)('a planned function', () => {
  it('exists for each folder of src/functions with a schema', () => {
    const namesIn = (name: string) =>
      [...resourcesOfType(plan(name), 'aws_lambda_function').values()].map((values) => values['function_name']).sort();
    expect(namesIn('with_admin_api')).toEqual(functionNames);
    expect(namesIn('defaults')).toEqual(usualFunctionNames);
  });

  it.each(functionNames)('%s is called again as often as functions.json says when a scheduled call fails', (name) => {
    const schedule = functionDefinitions[name]?.schedule;
    const values = resourcesOfType(plan('with_admin_api'), 'aws_lambda_function_event_invoke_config').get(
      address(name, 'aws_lambda_function_event_invoke_config.this[0]'),
    );
    expect(values?.['maximum_retry_attempts']).toBe(schedule?.maximum_retry_attempts);
    expect(values?.['maximum_event_age_in_seconds']).toBe(schedule?.maximum_event_age_seconds);
  });

  it.each(functionNames)('%s has settings that its schema takes', (name) => {
    const values = resourcesOfType(plan('with_admin_api'), 'aws_lambda_function').get(
      address(name, 'aws_lambda_function.this'),
    );
    const planned = (firstBlock(values, 'environment')['variables'] ?? {}) as Record<string, string>;
    const templates = environmentTemplates(name);
    // Values that are known only after apply are missing in a plan.
    const late = Object.keys(templates).filter((variable) => templates[variable]?.endsWith('_queue_url}'));
    const urls = Object.fromEntries(late.map((key) => [key, 'https://sqs.eu-west-1.amazonaws.com/123456789012/q']));
    const variables = { ...urls, ...planned };
    expect(Object.keys(variables).sort()).toEqual(Object.keys(templates).sort());
    const schema = schemas.get(name);
    if (schema === undefined) throw new Error(name);
    expect(readEnv(schema, variables)).toMatchObject({ TABLE_NAME: 'mail', EVENT_BUS_NAME: 'default' });
  });

  it.each(functionNames)('%s has the memory, timeout and trigger of functions.json', (name) => {
    const definition = functionDefinitions[name];
    const { stream, queue } = definition ?? {};
    expect(
      resourcesOfType(plan('with_admin_api'), 'aws_lambda_function').get(address(name, 'aws_lambda_function.this')),
    ).toMatchObject({
      description: definition?.description,
      memory_size: definition?.memory_megabytes,
      timeout: definition?.timeout_seconds,
      runtime: 'nodejs24.x',
    });
    const mappings = [...resourcesOfType(plan('with_admin_api'), 'aws_lambda_event_source_mapping')]
      .filter(([path]) => path.includes(`"${name}"`))
      .map(([, mapping]) => mapping);
    const reports = { function_response_types: ['ReportBatchItemFailures'] };
    const expected = [
      ...(stream
        ? [
            {
              ...reports,
              batch_size: stream.batch_size,
              bisect_batch_on_function_error: stream.bisect_batch_on_function_error,
              maximum_retry_attempts: stream.maximum_retry_attempts,
              maximum_record_age_in_seconds: stream.maximum_record_age_seconds,
              parallelization_factor: stream.parallelization_factor,
              filter_criteria: [{ filter: stream.filters.map((filter) => ({ pattern: JSON.stringify(filter) })) }],
            },
          ]
        : []),
      ...(queue
        ? [
            {
              ...reports,
              batch_size: queue.batch_size,
              maximum_batching_window_in_seconds: queue.batching_window_seconds,
              scaling_config: [{ maximum_concurrency: queue.maximum_concurrency }],
            },
          ]
        : []),
    ];
    expect(mappings).toHaveLength(expected.length);
    expect(mappings).toMatchObject(expected);
  });

  it('is called as often as on the local stack', () => {
    const expressions = [...resourcesOfType(plan('defaults'), 'aws_scheduler_schedule').values()];
    const seconds = {
      'rate(1 hour)': usualTimings.rotationEverySeconds,
      'rate(1 day)': usualTimings.sweepEverySeconds,
    };
    // A suspension ends some minutes late on AWS, because each run costs money.
    expect(expressions.map((values) => [values['name'], values['schedule_expression']])).toEqual([
      ['rotation', 'rate(1 hour)'],
      ['suspensions', 'rate(5 minutes)'],
      ['sweep', 'rate(1 day)'],
    ]);
    expect(seconds).toEqual({ 'rate(1 hour)': 3_600, 'rate(1 day)': 86_400 });
  });

  it('hides its queue’s messages for six times its timeout', () => {
    const queues = resourcesOfType(plan('defaults'), 'aws_sqs_queue');
    const hidden = [...queues.values()].map((values) => [values['name'], values['visibility_timeout_seconds']]);
    const timeout = (name: string) => 6 * (functionDefinitions[name]?.timeout_seconds ?? 0);
    expect(Object.fromEntries(hidden)).toMatchObject({
      [localSettings.queues.deadLetters]: timeout('smtp-dlq-processor'),
      [localSettings.queues.verifications]: timeout('smtp-credential-verifier'),
      [localSettings.queues.sendingEvents]: timeout('smtp-email-validator'),
      [localSettings.queues.feedback]: timeout('smtp-feedback-processor'),
    });
    const delayed = [...queues.values()].find((values) => values['name'] === localSettings.queues.verifications);
    expect(delayed?.['delay_seconds']).toBe(usualTimings.verificationDelaySeconds);
  });

  it('verifies after the same events as on the local stack', async () => {
    const sent: PutRuleCommandInput[] = [];
    const events = {
      send: (command: { input: PutRuleCommandInput }) => {
        sent.push(command.input);
        return Promise.resolve({ FailedEntries: [] });
      },
    };
    await createVerificationRule(
      events as unknown as EventBridgeClient,
      { ...localSettings, table: 'mail' },
      'arn:queue',
    );
    const [rule] = [...resourcesOfType(plan('defaults'), 'aws_cloudwatch_event_rule')]
      .filter(([path]) => path.startsWith('module.verifications'))
      .map(([, values]) => values);
    expect(rule?.['name']).toBe(sent[0]?.Name);
    expect(JSON.parse(String(rule?.['event_pattern']))).toEqual(JSON.parse(sent[0]?.EventPattern ?? ''));
  });
});

describe.runIf(usable)('a planned alarm', () => {
  const catalogue = new Set<string>(Object.values(metrics).map(({ name }) => name));
  const alarms = () => [...resourcesOfType(plan('with_admin_api'), 'aws_cloudwatch_metric_alarm').values()];
  const measured = () =>
    alarms().flatMap((alarm) => {
      const queries = (alarm['metric_query'] as { metric: PlannedBlock[] }[] | null) ?? [];
      return alarm['metric_name'] ? [alarm] : queries.flatMap(({ metric }) => metric);
    });

  it('watches a metric that the code emits', () => {
    const ours = measured().filter(({ namespace }) => namespace === METRIC_NAMESPACE);
    expect(ours.length).toBeGreaterThan(6);
    for (const alarm of ours) {
      expect(catalogue, String(alarm['metric_name'])).toContain(alarm['metric_name']);
      const { service, ...others } = alarm['dimensions'] as Record<string, string>;
      expect(functionNames).toContain(service);
      expect(others).toEqual({});
    }
  });

  it("watches its own deployment's functions", () => {
    const dimensions = [...resourcesOfType(plan('everything_on'), 'aws_cloudwatch_metric_alarm').values()].map(
      (alarm) => alarm['dimensions'] as Record<string, string> | null,
    );
    const services = dimensions.flatMap((each) => each?.['service'] ?? []);
    expect(services.length).toBeGreaterThan(6);
    expect(services.filter((service) => !service.startsWith('team-smtp-'))).toEqual([]);
  });

  it('watches existing functions and queues', () => {
    for (const { namespace, dimensions } of measured()) {
      const { FunctionName, QueueName } = (dimensions ?? {}) as Record<string, string>;
      if (namespace === 'AWS/Lambda') expect(functionNames).toContain(FunctionName);
      if (namespace === 'AWS/SQS') expect(Object.values(localSettings.queues)).toContain(QueueName);
    }
  });

  it('links to a runbook that exists', () => {
    expect(alarms().length).toBeGreaterThan(20);
    for (const alarm of alarms()) {
      const [, runbook = ''] =
        String(alarm['alarm_description']).match(/ Runbook: (docs\/runbooks\/[\w-]+\.md)$/) ?? [];
      expect({ alarm: alarm['alarm_name'], there: runbook !== '' && existsSync(join(root, runbook)) }).toEqual({
        alarm: alarm['alarm_name'],
        there: true,
      });
    }
  });

  it('exists for everything that an administrator must know', () => {
    const names = alarms().map((alarm) => String(alarm['alarm_name']));
    expect(names).toEqual(
      expect.arrayContaining([
        'smtp-dead-letters-waiting',
        'smtp-dead-letters-old',
        'smtp-messages-parked',
        'smtp-stream-late',
        'smtp-sweep-not-run',
        'smtp-kms-errors',
        'smtp-provisioning-failed',
        'smtp-verification-failed',
        'smtp-credential-suspended',
        'smtp-bounce-rate',
        'smtp-complaint-rate',
        'smtp-sending-quota-used',
        'smtp-iam-users',
        'smtp-foreign-events',
        'smtp-old-key-in-use',
        'smtp-sender-violations',
        'smtp-suspended-for-senders',
        'smtp-suspended-for-feedback',
        'smtp-sending-events-old',
        'smtp-feedback-old',
        'smtp-admin-api-failures',
        ...functionNames.flatMap((name) => [`${name}-errors`, `${name}-throttles`]),
      ]),
    );
  });

  it('and the dashboard use metrics that the code emits', () => {
    const [dashboard] = resourcesOfType(plan('with_admin_api'), 'aws_cloudwatch_dashboard').values();
    const { widgets } = JSON.parse(String(dashboard?.['dashboard_body'])) as {
      widgets: { properties: { metrics?: [string, string, ...unknown[]][] } }[];
    };
    const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const ours = shown.filter(([namespace]) => namespace === METRIC_NAMESPACE);
    expect(widgets.length).toBeGreaterThan(12);
    expect(ours.length).toBeGreaterThan(15);
    expect(ours.filter(([, metric]) => !catalogue.has(metric))).toEqual([]);
    expect(ours.filter(([, , , service]) => !functionNames.includes(String(service)))).toEqual([]);
  });
});

describe.runIf(usable)('the queues and topics of SES events', () => {
  const account = '123456789012';
  const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:${account}:${rest}`;
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const everything = {
    name: 'everything',
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  };
  const policiesOf = (type: string) =>
    [...resourcesOfType(plan('defaults'), type).values()].map((values) => String(values['policy']));
  const policyOf = (type: string, resource: string) =>
    policiesOf(type).find((policy) => policy.includes(`"${resource}"`)) ?? '';
  const feedback = arn('sqs', 'smtp-feedback');
  const bounces = arn('sns', 'smtp-bounces');

  /** An account's role that may do everything, or a service. */
  const isAllowed = async (
    caller: string,
    action: string,
    resource: string,
    context: Record<string, string> = {},
  ): Promise<boolean> => {
    const type = action.startsWith('sqs:') ? 'aws_sqs_queue_policy' : 'aws_sns_topic_policy';
    const { allowed } = await evaluateIamRequest({
      principalArn: caller,
      identityPolicies: caller.endsWith('.amazonaws.com') ? [] : [everything],
      resourcePolicy: { name: 'resource', document: policyOf(type, resource) },
      action,
      resource,
      context: { 'aws:SecureTransport': 'true', 'aws:SourceAccount': account, ...context },
    });
    return allowed;
  };
  const send = (caller: string, context: Record<string, string> = {}) =>
    isAllowed(caller, 'sqs:SendMessage', feedback, context);
  const publish = (caller: string, context: Record<string, string> = {}) =>
    isAllowed(caller, 'sns:Publish', bounces, context);
  const as = (name: string) => ({ 'aws:PrincipalArn': role(name) });

  it('take messages of their topics, and parked ones from the operator, from nobody else', async () => {
    expect(await send('sns.amazonaws.com', { 'aws:SourceArn': bounces })).toBe(true);
    expect(await send('sns.amazonaws.com', { 'aws:SourceArn': arn('sns', 'other') })).toBe(false);
    expect(await send('sns.amazonaws.com', { 'aws:SourceArn': arn('sns', 'smtp-alerts') })).toBe(false);
    expect(await send(role('smtp-operator'), as('smtp-operator'))).toBe(true);
    for (const name of ['administrator', 'smtp-credential-manager', 'smtp-viewer', 'smtp-operator2'])
      expect(await send(role(name), as(name)), name).toBe(false);
  });

  it('take events of SES for this configuration set, from nobody else', async () => {
    const set = (name: string) => ({ 'aws:SourceArn': arn('ses', `configuration-set/${name}`) });
    expect(await publish('ses.amazonaws.com', set('smtp'))).toBe(true);
    expect(await publish('ses.amazonaws.com', set('theirs'))).toBe(false);
    for (const name of ['administrator', 'smtp-operator', 'smtp-email-validator'])
      expect(await publish(role(name), as(name)), name).toBe(false);
    // A caller can't set this key itself; but a role that a service uses in somebody's name might have another one.
    expect(await publish(role('administrator'), { ...as('administrator'), ...set('theirs') })).toBe(false);
  });

  it('have such a policy, all of them; alerts may come from the functions, too', () => {
    const refusing = (type: string, sid: string) => policiesOf(type).filter((policy) => policy.includes(sid)).length;
    expect(refusing('aws_sqs_queue_policy', 'RefuseOtherSenders')).toBe(2);
    expect(refusing('aws_sns_topic_policy', 'RefuseOtherPublishers')).toBe(5);
    expect(policyOf('aws_sns_topic_policy', arn('sns', 'smtp-alerts'))).not.toContain('RefuseOtherPublishers');
  });
});

describe.runIf(usable)('the planned admin API', () => {
  const arnOf = (rest: string) => `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/${rest}`;
  const values = (type: string) => [...resourcesOfType(plan('with_admin_api'), type).values()];
  const keys = adminApiRoutes.map(({ key }) => key).sort();

  it('exists only if it is wanted', () => {
    const types = Object.keys(typesOf('defaults'));
    expect(types.filter((type) => type.startsWith('aws_apigateway'))).toEqual([]);
    expect(plan('defaults').outputs['admin_api_url']?.after).toBe('');
    expect(plan('with_admin_api').outputs['admin_api_url']?.after).toBe(apiUrl);
  });

  it('has the routes of the app, each with IAM authorization, and no other', () => {
    const routes = values('aws_apigatewayv2_route');
    expect(routes.map((route) => route['route_key']).sort()).toEqual(keys);
    expect(new Set(routes.map((route) => route['authorization_type']))).toEqual(new Set(['AWS_IAM']));
  });

  it('is throttled, and logs who called', () => {
    const [stage, ...others] = values('aws_apigatewayv2_stage');
    expect(others).toEqual([]);
    expect(stage).toMatchObject({ name: '$default', auto_deploy: true });
    expect(firstBlock(stage, 'default_route_settings')).toMatchObject({
      throttling_burst_limit: 40,
      throttling_rate_limit: 20,
    });
    const format = JSON.parse(String(firstBlock(stage, 'access_log_settings')['format']));
    expect(format).toMatchObject({ caller: '$context.identity.userArn', sourceIp: '$context.identity.sourceIp' });
    for (const field of ['requestId', 'method', 'routeKey', 'path', 'status', 'error', 'integrationLatency', 'time'])
      expect(format[field]).toMatch(/^\$context\./);
  });

  it('calls its functions with payload 2.0, and waits longer than they run', () => {
    const integrations = values('aws_apigatewayv2_integration');
    expect(integrations).toHaveLength(2);
    for (const integration of integrations) {
      expect(integration).toMatchObject({ payload_format_version: '2.0', timeout_milliseconds: 30_000 });
    }
    for (const name of ['smtp-admin-api', 'smtp-password-reveal'])
      expect(functionDefinitions[name]?.timeout_seconds).toBeLessThan(30);
    const permissions = values('aws_lambda_permission').filter(
      ({ principal }) => principal === 'apigateway.amazonaws.com',
    );
    expect(permissions.map((each) => [each['function_name'], each['source_arn']])).toEqual([
      ['smtp-admin-api', arnOf('*/v1/*')],
      ['smtp-password-reveal', arnOf('POST/v1/credentials/*/reveal')],
    ]);
  });

  it.each(['viewer', 'operator', 'secret-reader'])('lets a %s call exactly the routes of the set', async (set) => {
    const policy = values('aws_iam_policy').find((each) => each['name'] === `smtp-admin-api-${set}`);
    const document = JSON.parse(String(policy?.['policy'])) as ReturnType<typeof adminApiPolicy>;
    const sorted = ({ Statement }: typeof document) =>
      Statement.map((statement) => ({ ...statement, Resource: statement.Resource.toSorted() }));
    expect(sorted(document)).toEqual(sorted(adminApiPolicy(set, arnOf('').replace('/$default/', ''))));
    for (const { key, sets } of adminApiRoutes) {
      const resource = arnOf(key.replace(' ', '').replace(/\{\w+\}/, 'john.doe'));
      const { allowed } = await evaluateIamRequest({
        principalArn: 'arn:aws:iam::123456789012:role/caller',
        identityPolicies: [{ name: set, document }],
        action: 'execute-api:Invoke',
        resource,
        context: {},
      });
      expect({ key, allowed }).toEqual({ key, allowed: sets.includes(set) });
    }
  });

  it('gives its policies to the roles of people', () => {
    const attached = [...resourcesOfType(plan('everything_on'), 'aws_iam_role_policy_attachment').values()];
    expect(attached.map((each) => each['role']).sort()).toEqual([
      'team-smtp-operator',
      'team-smtp-secret-reader',
      'team-smtp-viewer',
    ]);
  });

  it('returns parked events to their queues in an operator’s name, if there is one', () => {
    const policiesIn = (name: string) =>
      [...resourcesOfType(plan(name), 'aws_sqs_queue_policy').values()].map((each) => String(each['policy']));
    const excepting = (name: string) =>
      policiesIn(name).filter((policy) => policy.includes('role/smtp-admin-api"')).length;
    expect({ without: excepting('defaults'), with: excepting('with_admin_api') }).toEqual({ without: 0, with: 2 });
  });
});

describe.runIf(usable)('a planned role', () => {
  const keyPolicy = {
    name: 'key policy',
    document: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*', Resource: '*' },
      ],
    },
  };
  /** A plan with roles for people, and with the names in role-calls.ts. */
  const policies = usable
    ? new Map(
        [...rolePolicies('everything_on')].map(([name, policy]) => [
          name.slice('team-'.length),
          policy.replaceAll('team-', '').replaceAll('/sesame/team/', '/sesame/'),
        ]),
      )
    : new Map<string, string>();

  const renderRole = (
    name: string,
    ownership: OwnershipSettings,
    boundaries: readonly [string, ...string[]],
    suppressionList = false,
  ): Promise<PolicyDocument> => {
    const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
    const deployment = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', table: 'mail' };
    return readRolePolicy(
      name,
      {
        ...ownershipValues({ ...deployment, ...ownership }, boundaries[0]),
        user_boundary_arns: boundaries,
        partition: 'aws',
        region: 'eu-west-1',
        account_id: '123456789012',
        table_name: 'mail',
        table_arn: arn('dynamodb', 'table/mail'),
        kms_key_arn: arn('kms', 'key/00000000-1111-2222-3333-444444444444'),
        dead_letter_queue_arn: arn('sqs', localSettings.queues.deadLetters),
        name_prefix: '',
        parking_queue_arn: arn('sqs', localSettings.queues.parking),
        verification_queue_arn: arn('sqs', localSettings.queues.verifications),
        sending_events_queue_arn: arn('sqs', localSettings.queues.sendingEvents),
        feedback_queue_arn: arn('sqs', localSettings.queues.feedback),
        alerts_topic_arn: arn('sns', localSettings.topics.alerts),
        permissions_boundary_arn: boundaries.at(-1) ?? '',
        deployment_parameter_arn: arn('ssm', 'parameter/sesame/deployment'),
        event_bus_name: 'default',
        event_bus_arn: arn('events', 'event-bus/default'),
        log_group_arn: arn('logs', `log-group:/aws/lambda/${name}`),
      },
      { suppressionList },
    );
  };

  it.each(functionNames)('%s has the policy that the local stack has', async (name) => {
    const own = `arn:aws:iam::123456789012:policy/${localSettings.permissionsBoundary}`;
    const rendered = await renderRole(name, {}, [own]);
    expect(JSON.parse(rolePolicies('with_admin_api').get(name) ?? '')).toEqual(rendered);
  });

  it.each(functionNames)('%s has the configured settings, and rights to the keys of table and topics', async (name) => {
    const chosen = { userTags: { CostCenter: '42' }, previousTableNames: ['mail-before'], managesUsersOf01: false };
    const boundaries = [
      `arn:aws:iam::123456789012:policy/boundaries/${localSettings.permissionsBoundary}`,
      'arn:aws:iam::123456789012:policy/company/mail-users',
    ] as const;
    const rendered = await renderRole(name, chosen, [...boundaries], true);
    const underKey = JSON.parse(policies.get(name) ?? '') as PolicyDocument;
    const added = underKey.Statement.filter(({ Sid }) => Sid === 'PublishUnderTheKey' || Sid === 'UseTheTablesKey');
    expect(added.map(({ Sid }) => Sid)).toEqual([
      'UseTheTablesKey',
      ...(JSON.stringify(rendered).includes('sns:Publish') ? ['PublishUnderTheKey'] : []),
    ]);
    expect({ ...underKey, Statement: underKey.Statement.filter((one) => !added.includes(one)) }).toEqual(rendered);
  });

  it('is in the table of calls', () => {
    expect([...policies.keys()].sort()).toEqual(Object.keys(roleCalls).sort());
  });

  const cases = Object.entries(roleCalls).flatMap(([role, { allowed, denied }]) => [
    ...allowed.map((call) => ({ role, call, expected: true, title: `${role} may: ${call.title}` })),
    ...denied.map((call) => ({ role, call, expected: false, title: `${role} may not: ${call.title}` })),
    ...deniedToAll
      .filter((call) => !allowed.includes(call))
      .map((call) => ({ role, call, expected: false, title: `${role} may not: ${call.title}` })),
  ]);

  it.each(cases)('$title', async ({ role, call: { action, resource, context }, expected }) => {
    const { allowed, explanation } = await evaluateIamRequest({
      principalArn: `arn:aws:iam::123456789012:role/${role}`,
      identityPolicies: [{ name: role, document: policies.get(role) ?? '' }],
      resourcePolicy: action.startsWith('kms:') ? keyPolicy : undefined,
      action,
      resource,
      context,
    });
    expect({ allowed, explanation }).toEqual({ allowed: expected, explanation });
  });

  it('has no wildcard resource where the design says narrow', () => {
    const readsAll = [
      'WriteTraces',
      'SeeMetricsAndAlarms',
      // IAM has no resource for counting and listing an account's users, and SES none for listing its identities.
      'ListUsersAndIdentities',
      // SES has no resource for an address on the suppression list.
      'SuppressAddresses',
      'TakeOffTheSuppressionList',
      // Nor for reading it, and none for the account.
      'SeeWhatSesWouldAnswer',
    ];
    for (const [role, policy] of policies) {
      const { Statement } = JSON.parse(policy.includes('"Statement"') ? policy : '{"Statement":[]}') as {
        Statement: { Sid: string; Action: string | string[]; Resource: string | string[] }[];
      };
      for (const { Sid, Action, Resource } of Statement) {
        expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
        if ([Resource].flat().includes('*')) expect(readsAll, `${role}: ${Sid}`).toContain(Sid);
      }
    }
  });
});
