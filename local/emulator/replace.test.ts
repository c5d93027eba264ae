import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectFolder } from '../project-folder.ts';

/** Removes, one by one, what patches replace without reading it first, and installs each patch. */
const program = `
import importlib, json
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import cloudwatch_logs, dynamodb, eventbridge, iam, lambda_svc

cases = [
    ("function_log", vars(lambda_runtime.Worker), lambda_runtime.Worker, "_read_stderr", ["/dev/null"]),
    ("event_log_targets", vars(eventbridge), eventbridge, "_invoke_target", []),
    ("log_filter", vars(cloudwatch_logs), cloudwatch_logs, "_filter_log_events", []),
    ("iam_pages", iam._IAM_HANDLERS, None, "ListUsers", []),
    ("iam_simulation", iam._IAM_HANDLERS, None, "SimulatePrincipalPolicy", []),
    ("repeated_checks", vars(iam_evaluator), iam_evaluator, "request_caller_arn", []),
    ("stream_batches", vars(lambda_svc), lambda_svc, "_poll_dynamodb_streams", []),
    ("stream_batches", vars(dynamodb), dynamodb, "esm_wake", []),
]
results = []
for patch, held, owner, name, arguments in cases:
    taken = held[name]
    if owner is None:
        del held[name]
    else:
        delattr(owner, name)
    try:
        importlib.import_module(patch).install(*arguments)
        results.append([patch, "installed"])
    except LookupError as error:
        results.append([patch, str(error)])
    if owner is None:
        held[name] = taken
    else:
        setattr(owner, name, taken)
print(json.dumps(results))
`;

const python = join(projectFolder, '.sesame/venv/bin/python');
const env = { PATH: process.env['PATH'], PYTHONPATH: import.meta.dirname, SESAME_FUNCTION_LOG: '/dev/null' };

test('a patch names the part that MiniStack no longer has', async () => {
  const { stdout } = await promisify(execFile)(python, ['-B', '-c', program], { env });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual([
    ['function_log', expect.stringContaining('MiniStack has no _read_stderr')],
    ['event_log_targets', expect.stringContaining('MiniStack has no _invoke_target')],
    ['log_filter', expect.stringContaining('MiniStack has no _filter_log_events')],
    ['iam_pages', expect.stringContaining('MiniStack has no ListUsers')],
    ['iam_simulation', expect.stringContaining('MiniStack has no SimulatePrincipalPolicy')],
    ['repeated_checks', expect.stringContaining('MiniStack has no request_caller_arn')],
    ['stream_batches', expect.stringContaining('MiniStack has no _poll_dynamodb_streams')],
    ['stream_batches', expect.stringContaining('MiniStack has no esm_wake')],
  ]);
});

test('such a patch ends the start, and its message is the last line', async () => {
  const start = `
import runpy
from ministack.services import iam
del iam._IAM_HANDLERS["ListUsers"]
runpy.run_path(${JSON.stringify(join(import.meta.dirname, 'launch.py'))}, run_name="__main__")`;
  const { code, stderr } = await promisify(execFile)(python, ['-B', '-c', start], { env }).then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(code).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toContain('LookupError: MiniStack has no ListUsers');
});
