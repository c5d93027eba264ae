"""Makes MiniStack's SimulatePrincipalPolicy consider what AWS's does: every resource, the context, the permissions boundary, and
principals by their full ARN, path included. MiniStack considers only the policies and the first resource.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from xml.sax.saxutils import escape

from replace import replace

DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}


def install() -> None:
    """Replaces SimulatePrincipalPolicy."""
    from ministack.services import iam

    replace(iam._IAM_HANDLERS, "SimulatePrincipalPolicy", lambda p: _simulate(iam, p))


def _simulate(iam, p):
    from ministack.core.iam_evaluator import parse_policy_document

    arn = iam._p(p, "PolicySourceArn")
    found = _find_principal(iam, arn)
    if found is None:
        return iam._error(404, "NoSuchEntity", f"The principal {arn} cannot be found.")
    policies, boundary = found
    policies = policies + [parse_policy_document(text) for text in _list(iam, p, "PolicyInputList")]
    given = _list(iam, p, "PermissionsBoundaryPolicyInputList")
    limits = [[parse_policy_document(text) for text in given]] if given else boundary
    context = _read_context(iam, p)
    results = "".join(
        _result(arn, action, resource, context, policies, limits)
        for action in _list(iam, p, "ActionNames") for resource in _list(iam, p, "ResourceArns") or ["*"])
    return iam._xml(200, "SimulatePrincipalPolicyResponse",
                    f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>"
                    "<IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>")


def _find_principal(iam, arn):
    """Returns the principal's policies and boundary."""
    from ministack.core import iam_evaluator

    kind, _, rest = arn.split(":", 5)[-1].partition("/")
    name, account_id = rest.rsplit("/", 1)[-1], iam.get_account_id()
    known = {"user": (iam._users, iam_evaluator._gather_user_policies), "role": (iam._roles, iam_evaluator._gather_role_policies)}
    store, gather = known.get(kind, ({}, None))
    if (store.get(name) or {}).get("Arn") != arn:
        return None
    return gather(name, account_id), iam_evaluator._permissions_boundary(store, name, account_id)


def _result(arn, action, resource, context, policies, limits):
    from ministack.core.iam_evaluator import EvalContext, _first_match, evaluate

    asked = EvalContext(
        principal_arn=arn, principal_type="User" if ":user/" in arn else "AssumedRole", principal_account=arn.split(":")[4],
        action=action, resource_arn=resource, region=context.get("aws:requestedregion"),
        # Keys that are missing in the context are unknown.
        source_ip=context.get("aws:sourceip"), secure_transport=context.get("aws:securetransport"), service_context=context)
    decision = DECISIONS[evaluate(asked, policies, *limits).decision]
    by_boundary = ""
    if limits:
        allowed = all(_first_match(asked, [one for policy in limit for one in policy], "Allow") for limit in limits)
        by_boundary = ("<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>"
                       f"{str(allowed).lower()}</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>")
    return (f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}</EvalResourceName>"
            f"<EvalDecision>{decision}</EvalDecision><MatchedStatements></MatchedStatements>"
            f"<MissingContextValues></MissingContextValues>{by_boundary}</member>")


def _read_context(iam, p):
    context = {}
    number = 1
    while iam._p(p, f"ContextEntries.member.{number}.ContextKeyName"):
        entry = f"ContextEntries.member.{number}"
        values = _list(iam, p, f"{entry}.ContextKeyValues")
        several = iam._p(p, f"{entry}.ContextKeyType").endswith("List")
        context[iam._p(p, f"{entry}.ContextKeyName").lower()] = values if several else (values or [None])[0]
        number += 1
    return context


def _list(iam, p, name):
    values = []
    while iam._p(p, f"{name}.member.{len(values) + 1}"):
        values.append(iam._p(p, f"{name}.member.{len(values) + 1}"))
    return values
