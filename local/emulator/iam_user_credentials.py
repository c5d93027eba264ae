"""Adds the credentials of IAM users that MiniStack lacks: signing certificates, SSH public keys, service-specific credentials.

They are part of the user's record, so they are saved, renamed and deleted with it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
"""

import hashlib
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Kind:
    field: str
    """The key in the user's record, and the list element in responses."""
    element: str
    """The element of a single credential in responses."""
    id_name: str
    id_prefix: str
    noun: str
    only_when_made: tuple = ()
    """Elements that lists omit."""


CERTIFICATE = Kind("Certificates", "Certificate", "CertificateId", "", "Certificate")
SSH_KEY = Kind("SSHPublicKeys", "SSHPublicKey", "SSHPublicKeyId", "APKA", "SSH Public Key",
               ("Fingerprint", "SSHPublicKeyBody"))
SERVICE_CREDENTIAL = Kind("ServiceSpecificCredentials", "ServiceSpecificCredential", "ServiceSpecificCredentialId", "ACCA",
                          "Service Specific Credential", ("ServicePassword",))
KINDS = (CERTIFICATE, SSH_KEY, SERVICE_CREDENTIAL)

SERVICES = ("bedrock.amazonaws.com", "cassandra.amazonaws.com", "codecommit.amazonaws.com")


def install() -> None:
    """Adds the actions to MiniStack's action table."""
    from ministack.services import iam

    def upload_certificate(user, p):
        body = iam._p(p, "CertificateBody")
        if "-----BEGIN CERTIFICATE-----" not in body:
            return iam._error(400, "MalformedCertificate", "Unable to parse certificate")
        if any(held["CertificateBody"] == body for held in user.get(CERTIFICATE.field, {}).values()):
            return iam._error(409, "DuplicateCertificate", "The certificate is uploaded already.")
        return _make(iam, "UploadSigningCertificate", CERTIFICATE, user, 2, "CertificatesPerUser",
                     {"CertificateBody": body, "Status": "Active", "UploadDate": iam._now()})

    def upload_ssh_key(user, p):
        body = iam._p(p, "SSHPublicKeyBody")
        if not body.startswith(("ssh-rsa ", "-----BEGIN")):
            return iam._error(400, "InvalidPublicKey", "The public key is malformed or otherwise invalid.")
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        return _make(iam, "UploadSSHPublicKey", SSH_KEY, user, 5, "SSHPublicKeysPerUser",
                     {"Fingerprint": ":".join(digest[i:i + 2] for i in range(0, 32, 2)), "SSHPublicKeyBody": body,
                      "Status": "Active", "UploadDate": iam._now()})

    def create_service_credential(user, p):
        service = iam._p(p, "ServiceName")
        if service not in SERVICES:
            return iam._error(404, "NotSupportedService", f"Service {service} is not supported.")
        others = [held for held in user.get(SERVICE_CREDENTIAL.field, {}).values() if held["ServiceName"] == service]
        if len(others) >= 2:
            return iam._error(409, "LimitExceeded", "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2")
        return _make(iam, "CreateServiceSpecificCredential", SERVICE_CREDENTIAL, user, None, "",
                     {"CreateDate": iam._now(), "ServiceName": service, "ServicePassword": iam._gen_secret(),
                      "ServiceUserName": f"{user['UserName']}-at-{iam.get_account_id()}", "Status": "Active"})

    handlers = {
        "UploadSigningCertificate": upload_certificate,
        "UploadSSHPublicKey": upload_ssh_key,
        "CreateServiceSpecificCredential": create_service_credential,
    }
    for kind in KINDS:
        plural = "SigningCertificates" if kind is CERTIFICATE else kind.field
        singular = plural.removesuffix("s")
        handlers[f"List{plural}"] = _lister(iam, f"List{plural}", kind)
        handlers[f"Update{singular}"] = _updater(iam, f"Update{singular}", kind)
        handlers[f"Delete{singular}"] = _deleter(iam, f"Delete{singular}", kind)
    for action, handler in handlers.items():
        iam._IAM_HANDLERS[action] = _of_user(iam, handler)


def _of_user(iam, handler):
    """Without UserName, the user is the caller."""
    from ministack.core.iam_evaluator import caller_arn

    def of_user(p):
        name = iam._p(p, "UserName")
        if not name and ":user/" not in caller_arn():
            return iam._error(400, "ValidationError", "Must specify userName when calling with non-User credentials")
        name = name or caller_arn().rsplit("/", 1)[-1]
        user = iam._users.get(name)
        if user is None:
            return iam._error(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
        return handler(user, p)

    return of_user


def _make(iam, action, kind, user, quota, quota_name, values):
    held = user.setdefault(kind.field, {})
    if quota is not None and len(held) >= quota:
        return iam._error(409, "LimitExceeded", f"Cannot exceed quota for {quota_name}: {quota}")
    # A certificate's id has at least 24 characters.
    new_id = iam._gen_id(kind.id_prefix) if kind.id_prefix else iam.new_uuid().replace("-", "").upper()
    held[new_id] = {"UserName": user["UserName"], kind.id_name: new_id, **values}
    return iam._xml(200, f"{action}Response",
                    f"<{action}Result><{kind.element}>{_elements(held[new_id])}</{kind.element}></{action}Result>")


def _lister(iam, action, kind):
    def list_them(user, p):
        members = "".join(
            f"<member>{_elements({**one, 'UserName': user['UserName']}, kind.only_when_made)}</member>"
            for one in user.get(kind.field, {}).values())
        return iam._xml(200, f"{action}Response",
                        f"<{action}Result><{kind.field}>{members}</{kind.field}>"
                        f"<IsTruncated>false</IsTruncated></{action}Result>")

    return list_them


def _updater(iam, action, kind):
    def update(user, p):
        one = user.get(kind.field, {}).get(iam._p(p, kind.id_name))
        if one is None:
            return _not_found(iam, kind, p)
        one["Status"] = iam._p(p, "Status")
        return iam._xml(200, f"{action}Response", "")

    return update


def _deleter(iam, action, kind):
    def delete(user, p):
        if user.get(kind.field, {}).pop(iam._p(p, kind.id_name), None) is None:
            return _not_found(iam, kind, p)
        return iam._xml(200, f"{action}Response", "")

    return delete


def _not_found(iam, kind, p):
    return iam._error(404, "NoSuchEntity", f"The {kind.noun} with id {iam._p(p, kind.id_name)} cannot be found.")


def _elements(values, but=()):
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items() if name not in but)
