const block = /(?:<!-- once: (.+) -->\n\n)?```(\w*)\n([\s\S]*?)```/g;

interface Player {
  /** Runs a command as a person at a terminal, and returns what they see. */
  run(command: string): Promise<string>;
  /** Repeats a command until it works. */
  waitFor(command: string): Promise<void>;
  /** Puts a file where the commands run. */
  writeFile(name: string, text: string): void;
}

/**
 * Plays a Markdown page: runs each line of its `console` blocks that begins with `$ `, in order, and returns the page with what
 * they print now. A comment `once: COMMAND` before a block waits until that command works. A `python` block is a file that is
 * named by the comment in its first line.
 */
export async function playTranscript(page: string, player: Player): Promise<string> {
  let played = '';
  let end = 0;
  for (const match of page.matchAll(block)) {
    const [whole, condition, language = '', text = ''] = match;
    const begin = whole.indexOf('```');
    played += page.slice(end, match.index + begin);
    end = match.index + whole.length;
    if (condition !== undefined) await player.waitFor(condition);
    played += language === 'console' ? await playBlock(text, player) : whole.slice(begin);
    const [, file] = language === 'python' ? (/^# (\S+\.py)\n/.exec(text) ?? []) : [];
    if (file !== undefined) player.writeFile(file, text);
  }
  return played + page.slice(end);
}

async function playBlock(text: string, player: Player): Promise<string> {
  const parts: string[] = [];
  for (const command of commandsOf(text)) {
    const lines = command.split('\n').map((line, index) => `${index === 0 ? '$' : '>'} ${line}`);
    const output = (await player.run(command)).trimEnd();
    parts.push([...lines, ...(output === '' ? [] : [output])].join('\n'));
  }
  return `\`\`\`console\n${parts.join('\n')}\n\`\`\``;
}

/** The commands of a `console` block. One that goes on in the next line goes on after `> `. */
export function commandsOf(text: string): string[] {
  return [...text.matchAll(/^\$ (.+(?:\n> .+)*)/gm)].map(([, command = '']) => command.replaceAll('\n> ', '\n'));
}
