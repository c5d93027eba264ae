"""Makes MiniStack's SimulatePrincipalPolicy consider what AWS's does: every action on every resource, the context, the permissions
boundary, policies of groups, and principals by their full ARN. MiniStack considers only the policies and the first resource.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

The decisions are those of MiniStack's own evaluator, which also authorizes calls. The policy of a resource isn't considered.
"""

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from replace import replace

DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
TYPES = [name + form for name in ("string", "numeric", "boolean", "ip", "binary", "date") for form in ("", "List")]
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?|\d+")
# Keys that a simulation knows without being told.
KNOWN_KEYS = ("aws:currenttime", "aws:epochtime", "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username",
              "aws:resourceaccount")
MOST_ITEMS = 1000


class InvalidRequestError(Exception):
    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.answer = (status, code, message)


@dataclass
class Policy:
    """A policy with the name that MatchedStatements has for it."""
    name: str
    statements: list


@dataclass
class Principal:
    policies: list
    # Each is a list of policies, as for the evaluator.
    limits: list = field(default_factory=list)


def install() -> None:
    """Replaces SimulatePrincipalPolicy, and lets the evaluator see a simulation's context only."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    inner = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key, ctx):
        given = getattr(ctx, "simulated", None)
        if given is None:
            return inner(key, ctx)
        name = key.lower()
        if name in given:
            return given[name]
        return inner(key, ctx) if name in KNOWN_KEYS else None

    def handle(p):
        try:
            return _simulate(iam, p)
        except InvalidRequestError as error:
            status, code, message = error.answer
            return iam._error(status, code, escape(message))

    replace(iam_evaluator, "_resolve_condition_key", resolve_condition_key)
    replace(iam._IAM_HANDLERS, "SimulatePrincipalPolicy", handle)


def _simulate(iam, p):
    arn = iam._p(p, "PolicySourceArn")
    if not arn:
        raise _constraint("policySourceArn", "", "Member must not be null")
    actions = _list(iam, p, "ActionNames")
    if not actions:
        raise _constraint("actionNames", "", "Member must not be null")
    for action in actions:
        if not re.fullmatch(r"[\w-]+:[\w*?-]+", action):
            raise InvalidRequestError("InvalidInput", f"Invalid Action: {action} is not of the form service:action.")
    principal = _find_principal(iam, arn)
    principal.policies += _given(iam, p, "PolicyInputList")
    boundary = _given(iam, p, "PermissionsBoundaryPolicyInputList")
    limits = [boundary] if boundary else principal.limits
    context = _read_context(iam, p)
    pairs = [(action, resource) for action in actions for resource in _list(iam, p, "ResourceArns") or ["*"]]
    start, size = _read_marker(iam._p(p, "Marker")), _read_size(iam._p(p, "MaxItems"))
    results = "".join(_result(arn, action, resource, context, principal.policies, limits)
                      for action, resource in pairs[start:start + size])
    more = "<IsTruncated>false</IsTruncated>"
    if start + size < len(pairs):
        marker = base64.b64encode(str(start + size).encode()).decode()
        more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"
    return iam._xml(200, "SimulatePrincipalPolicyResponse",
                    f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>{more}"
                    "</SimulatePrincipalPolicyResult>")


def _find_principal(iam, arn):
    from ministack.core import iam_evaluator

    parts = arn.split(":", 5)
    kind, _, rest = parts[-1].partition("/")
    stores = {"user": iam._users, "role": iam._roles, "group": iam._groups}
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != "iam" or kind not in stores or not rest:
        raise InvalidRequestError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    name = rest.rsplit("/", 1)[-1]
    if (stores[kind].get(name) or {}).get("Arn") != arn:
        raise InvalidRequestError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)
    held = stores[kind].get(name)
    if kind == "group":
        return Principal(_policies_of(iam, kind, name, iam._group_inline_policies.get(name), held))
    limits = [[Policy("boundary", statements) for statements in limit]
              for limit in iam_evaluator._permissions_boundary(stores[kind], name, iam.get_account_id())]
    if kind == "role":
        return Principal(_policies_of(iam, kind, name, held.get("InlinePolicies"), held), limits)
    policies = _policies_of(iam, kind, name, iam._user_inline_policies.get(name), held)
    for group, members in iam._groups.items():
        if name in members.get("Users", []):
            policies += _policies_of(iam, "group", group, iam._group_inline_policies.get(group), members)
    return Principal(policies, limits)


def _policies_of(iam, kind, name, inline, holder):
    from ministack.core.iam_evaluator import _resolve_managed_policy_document, parse_policy_document

    documents = {f"{kind}_{name}_{policy}": document for policy, document in (inline or {}).items()}
    for arn in holder.get("AttachedPolicies", []):
        documents[arn.rsplit("/", 1)[-1]] = _resolve_managed_policy_document(arn, iam.get_account_id())
    return [Policy(policy, parse_policy_document(document)) for policy, document in documents.items() if document]


def _given(iam, p, name):
    """The policies that the request itself holds."""
    from ministack.core.iam_evaluator import parse_policy_document, validate_policy_document

    documents = _list(iam, p, name)
    for number, document in enumerate(documents, 1):
        fault = validate_policy_document(document)
        if fault:
            raise InvalidRequestError("InvalidInput", f"{name}.{number}: {fault}")
    return [Policy(f"{name}.{number}", parse_policy_document(document)) for number, document in enumerate(documents, 1)]


def _result(arn, action, resource, context, policies, limits):
    from ministack.core.iam_evaluator import EvalContext, _first_match, evaluate

    asked = EvalContext(
        principal_arn=arn, principal_type="User" if ":user/" in arn else "AssumedRole", principal_account=arn.split(":")[4],
        action=action, resource_arn=resource, region="")
    asked.simulated = {"aws:username": arn.rsplit("/", 1)[-1], **context} if ":user/" in arn else context
    layers = [[policy.statements for policy in layer] for layer in (policies, *limits)]
    decision = evaluate(asked, *layers).decision
    effect = {"Allow": "Allow", "Deny": "Deny"}.get(decision)
    deciding = [policy for layer in ((policies, *limits) if effect == "Deny" else (policies,)) for policy in layer]
    matched = "".join(
        f"<member><SourcePolicyId>{escape(policy.name)}</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType></member>"
        for policy in deciding for statement in policy.statements if effect and _first_match(asked, [statement], effect))
    missing = "".join(f"<member>{escape(key)}</member>" for key in _missing(asked, layers))
    by_boundary = ""
    if limits:
        allowed = all(_first_match(asked, statements, "Allow") and not _first_match(asked, statements, "Deny")
                      for statements in ([one for document in layer for one in document] for layer in layers[1:]))
        by_boundary = ("<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>"
                       f"{str(allowed).lower()}</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>")
    return (f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}</EvalResourceName>"
            f"<EvalDecision>{DECISIONS[decision]}</EvalDecision><MatchedStatements>{matched}</MatchedStatements>"
            f"<MissingContextValues>{missing}</MissingContextValues>{by_boundary}<OrganizationsDecisionDetail>"
            "<AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail></member>")


def _missing(asked, layers):
    """The condition keys, as the policies write them, that statements about this action and resource need and the context lacks."""
    from ministack.core.iam_evaluator import _action_matches, _resource_matches

    missing = {}
    for statement in (statement for layer in layers for document in layer for statement in document):
        if not (_action_matches(asked.action, statement.actions, statement.not_actions)
                and _resource_matches(asked.resource_arn, statement.resources, statement.not_resources)):
            continue
        for keys in statement.conditions.values():
            for key in keys if isinstance(keys, dict) else ():
                if key.lower() not in asked.simulated and key.lower() not in KNOWN_KEYS:
                    missing.setdefault(key.lower(), key)
    return missing.values()


def _read_context(iam, p):
    """The values by key. A list where the type is one or there are several."""
    context = {}
    number = 1
    while iam._p(p, f"ContextEntries.member.{number}.ContextKeyName"):
        entry = f"ContextEntries.member.{number}"
        key, kind = iam._p(p, f"{entry}.ContextKeyName"), iam._p(p, f"{entry}.ContextKeyType")
        if kind not in TYPES:
            raise _constraint(f"contextEntries.{number}.member.contextKeyType", kind,
                              f"Member must satisfy enum value set: [{', '.join(TYPES)}]")
        values = _list(iam, p, f"{entry}.ContextKeyValues")
        for value in values:
            if not _is_of(kind.removesuffix("List"), value):
                raise InvalidRequestError("InvalidInput", f"The value {value} of the context key {key} is not of the type {kind}.")
        # A key without values is absent.
        if values:
            context[key.lower()] = values if kind.endswith("List") or len(values) > 1 else values[0]
        number += 1
    return context


def _is_of(kind, value):
    try:
        if kind == "numeric":
            float(value)
        elif kind == "ip":
            ipaddress.ip_network(value, strict=False)
        elif kind == "binary":
            base64.b64decode(value, validate=True)
    except ValueError:
        return False
    return {"boolean": value.lower() in ("true", "false"), "date": bool(DATE.fullmatch(value))}.get(kind, True)


def _read_size(text):
    if not text:
        return 100
    if not re.fullmatch(r"\d+", text, re.ASCII) or not 1 <= int(text) <= MOST_ITEMS:
        raise _constraint("maxItems", text, f"Member must have value between 1 and {MOST_ITEMS}")
    return int(text)


def _read_marker(text):
    try:
        start = base64.b64decode(text or "", validate=True).decode()
    except (binascii.Error, ValueError):
        start = "?"
    if not re.fullmatch(r"\d{0,9}", start, re.ASCII):
        raise InvalidRequestError("ValidationError", "Invalid Marker.")
    return int(start or 0)


def _constraint(name, value, rule):
    return InvalidRequestError(
        "ValidationError", f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: {rule}")


def _list(iam, p, name):
    values = []
    while iam._p(p, f"{name}.member.{len(values) + 1}"):
        values.append(iam._p(p, f"{name}.member.{len(values) + 1}"))
    return values
