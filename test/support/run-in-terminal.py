"""Runs a program in a pseudo-terminal, types answers, and prints what came out as JSON.

Reads {"argv", "env", "steps": [[text to wait for, keys to type], ...], "columns", "seconds"} from its first argument.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

task = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvpe(task["argv"][0], task["argv"], task["env"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, task.get("columns", 100), 0, 0))
output = b""
seen = 0
steps = [(expected.encode(), keys.encode()) for expected, keys in task["steps"]]
deadline = time.time() + task.get("seconds", 20)
while time.time() < deadline:
    if steps and steps[0][0] in output[seen:]:
        expected, keys = steps.pop(0)
        seen = output.index(expected, seen) + len(expected)
        # A prompt is drawn before it listens.
        time.sleep(0.2)
        os.write(terminal, keys)
    readable, _, _ = select.select([terminal], [], [], 0.1)
    if not readable:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    output += chunk
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
print(json.dumps({
    "exit": os.waitstatus_to_exitcode(status),
    "output": output.decode("utf-8", "replace"),
    "stepsLeft": len(steps),
}))
