"""Makes MiniStack refuse to delete a managed policy that has more than one version, as AWS does: 409 DeleteConflict.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html: all versions but the default one must go first. The message is
the one that users of AWS report. MiniStack checks only whether the policy is attached.
"""


def install() -> None:
    """Wraps DeletePolicy."""
    from ministack.services import iam

    inner = iam._IAM_HANDLERS["DeletePolicy"]

    def delete_policy(p):
        policy = iam._policies.get(iam._p(p, "PolicyArn"))
        if policy and policy.get("AttachmentCount", 0) == 0 and len(policy["Versions"]) > 1:
            return iam._error(409, "DeleteConflict",
                              "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                              "versions. The default version is deleted with the policy.")
        return inner(p)

    iam._IAM_HANDLERS["DeletePolicy"] = delete_policy
