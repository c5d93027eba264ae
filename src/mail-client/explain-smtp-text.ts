import { explainFinding, type Finding } from './explain-finding.ts';
import { findMessages } from './find-messages.ts';
import { type FoundReply, findReplies } from './find-replies.ts';
import { hideCredentials } from './hide-credentials.ts';
import { readMailFacts } from './mail-facts.ts';
import type { SmtpExplanation } from './smtp-explanation.ts';
import { findRule } from './smtp-reply.ts';
import { replyRules } from './smtp-rules/all-rules.ts';
import { bounces } from './smtp-rules/bounces.ts';
import { acceptedRule, unknownRule, unknownText } from './smtp-rules/unknown-replies.ts';
import { splitStatements } from './split-statements.ts';

/** How many different replies are looked at. A longer log repeats itself. */
const mostReplies = 2_000;
const mostExplanations = 50;

interface Place extends Finding {
  readonly statement: number;
  readonly isBare: boolean;
  readonly code?: number;
}

/**
 * Explains what went wrong in a text about sending mail: an SMTP reply, a transcript, a log line or an error of a mail
 * client, the diagnostic code of a bounce, a failure of TLS or of the network.
 *
 * @returns one explanation for each distinct problem, in the order of the text; empty for an empty text
 */
export function explainSmtpText(original: string): SmtpExplanation[] {
  if (original.trim() === '') return [];
  const { text, seen } = hideCredentials(original);
  const statements = splitStatements(text);
  const replies = [...readReplies(statements)];
  const answered = new Set(replies.map(({ statement }) => statement));
  const messages = findMessages(statements).filter(({ statement }) => !answered.has(statement));
  const places = [...dropBare(replies), ...messages.map((each) => ({ ...each, isBare: false }))].sort(
    (one, other) => one.statement - other.statement,
  );
  const facts = readMailFacts(text, seen);
  const explanations = dropRepeated(dropVague(places).map((place) => explainFinding(place, facts)));
  if (explanations.length > 0) return explanations;
  const isAccepted = statements.some((each) => /(?:^|[^\d.])(?:235 Auth|250 Ok [\da-f]{8})|status=sent\b/i.test(each));
  return [explainFinding({ rule: isAccepted ? acceptedRule : unknownText, shown: '' }, facts)];
}

function* readReplies(statements: readonly string[]): Generator<Place> {
  const known = new Set<string>();
  for (const [statement, words] of statements.entries()) {
    for (const reply of findReplies(words)) {
      const shown = printable(`${reply.code} ${reply.words}`.trim());
      if (known.has(shown)) continue;
      if (known.size === mostReplies) return;
      known.add(shown);
      const rule = explainReply(reply);
      if (rule !== undefined) yield { rule, shown, statement, code: reply.code, isBare: reply.words === '' };
    }
  }
}

/** Three digits are taken for a reply if the surroundings or the words say so. */
function explainReply(reply: FoundReply) {
  const rule = findRule(replyRules[reply.writer], reply.code, reply.words);
  if (reply.isSure) return rule ?? unknownRule(reply.code);
  return rule?.words !== undefined && !bounces.includes(rule) ? rule : undefined;
}

/** A code alone says nothing if the same code stands elsewhere with its words. */
function dropBare(replies: readonly Place[]): readonly Place[] {
  const spoken = new Set(replies.filter(({ isBare }) => !isBare).map(({ code }) => code));
  return replies.filter(({ isBare, code }) => !isBare || !spoken.has(code));
}

function dropVague(places: readonly Place[]): readonly Place[] {
  const clear = places.filter(({ rule }) => rule.isVague !== true);
  return clear.length > 0 ? clear : places;
}

/** Logs repeat a problem. It is another one if it is about another address or setting. */
function dropRepeated(explanations: readonly SmtpExplanation[]): SmtpExplanation[] {
  const named = new Set(['identity-unverified', 'sandbox-recipient', 'configuration-set-denied']);
  const kept = new Map<string, SmtpExplanation>();
  for (const each of explanations) {
    const key = named.has(each.code) ? `${each.code} ${each.cause}` : each.code;
    if (!kept.has(key) && kept.size < mostExplanations) kept.set(key, each);
  }
  return [...kept.values()];
}

/** A terminal shows the reply: it must not act on it. */
function printable(text: string): string {
  return text.replace(/ ?\p{Cc}+ ?/gu, ' ').slice(0, 600);
}
