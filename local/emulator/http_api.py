"""Makes MiniStack's HTTP APIs answer as API Gateway does where MiniStack differs. It routes, checks execute-api:Invoke and calls the function.

- A refusal of IAM is 403 `{"message":"Forbidden"}` and says nothing else; also for a signature for another Region or service.
- The event has the API's domain name, which is part of URLs, the cookies, and the request's id, which is in the answer too.
- A function that fails is 500 `{"message":"Internal Server Error"}`. A body of more than 10 MB is 413.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

import base64
import json
import os
from contextvars import ContextVar

from replace import replace

LARGEST_BODY = 10 * 1024 * 1024
# Of the request that is being served.
_request_id = ContextVar("request_id", default="")


def install(ministack_app) -> None:
    """Wraps the functions of the module `ministack.app` that check and serve calls of an API, and the call of its function."""
    from ministack.services import apigateway

    serve, enforce, run = ministack_app._handle_execute_api_request, ministack_app._enforce_execute_api, apigateway.run_reentrant

    async def handle_execute_api_request(host, path, method, headers, body, query_params, *rest, **more):
        api = find_api(ministack_app, host, path)
        if api is None:
            return await serve(host, path, method, headers, body, query_params, *rest, **more)
        if len(body) > LARGEST_BODY:
            return answer(413, "Request Entity Too Large")
        request_id = base64.b64encode(os.urandom(11)).decode()
        token = _request_id.set(request_id)
        try:
            status, answered, text = await serve(host, path, method, headers, body, query_params, *rest, **more)
        finally:
            _request_id.reset(token)
        return status, {**answered, "apigw-requestid": request_id}, text

    def enforce_execute_api(api_id, stage, method, path, headers, query_params, **more):
        scope = apigateway.find_api_scope(api_id)
        if scope is None:
            return enforce(api_id, stage, method, path, headers, query_params, **more)
        # No route: 404, whoever asks.
        if apigateway.route_authorization_type(api_id, stage, method, path) is None:
            return None
        signed_for = _signed_for(headers, query_params)
        is_refused = signed_for != (scope[1], "execute-api") or enforce(api_id, stage, method, path, headers, query_params, **more)
        return answer(403, "Forbidden") if is_refused else None

    async def run_reentrant(work, *args, thread_name="ministack-reentrant"):
        if thread_name != "ministack-apigw-invoke" or len(args) != 2:
            return await run(work, *args, thread_name=thread_name)
        record, event = args
        result = await run(work, record, _complete(event), thread_name=thread_name)
        if (result or {}).get("error"):
            status, headers, body = answer(500, "Internal Server Error")
            return {"body": {"statusCode": status, "headers": headers, "body": body.decode()}}
        return result

    replace(ministack_app, "_handle_execute_api_request", handle_execute_api_request)
    replace(ministack_app, "_enforce_execute_api", enforce_execute_api)
    replace(apigateway, "run_reentrant", run_reentrant)


def find_api(ministack_app, host: str, path: str) -> str | None:
    """The id of the HTTP API that is called; None: it is another call."""
    from ministack.services import apigateway

    api_id = (ministack_app._parse_execute_api_url(host, path) or ("",))[0]
    return api_id if api_id and apigateway.find_api_scope(api_id) is not None else None


def answer(status: int, message: str):
    """An answer of API Gateway itself."""
    return status, {"Content-Type": "application/json"}, json.dumps({"message": message}, separators=(",", ":")).encode()


def _signed_for(headers, query_params):
    """The Region and the service that the request is signed for."""
    _, _, credential = headers.get("authorization", "").partition("Credential=")
    scope = (credential.split(",")[0] or (query_params.get("X-Amz-Credential") or [""])[0]).split("/")
    return tuple(scope[-3:-1])


def _complete(event):
    from ministack.core.responses import get_region

    context = event.get("requestContext", {})
    if event.get("version") != "2.0" or "apiId" not in context:
        return event
    event["requestContext"] = {
        **context, "requestId": _request_id.get() or context["requestId"],
        "domainPrefix": context["apiId"], "domainName": f"{context['apiId']}.execute-api.{get_region()}.amazonaws.com"}
    cookies = event.get("headers", {}).get("cookie")
    return {**event, "cookies": [one.strip() for one in cookies.split(";")]} if cookies else event
