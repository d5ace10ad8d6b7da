"""The routes of one's own mail address, and of the link that confirms one."""

from contracts.modules.mail_links import EnteredAddress, LinkToken, MailAddress, MailAddresses
from contracts.routes import Rate, RouteAnswer, RouteCall, RouteSpec, Security
from services.notifier.mail_links.forms import LARGEST_FORM
from services.notifier.mail_links.pages import confirmation_page
from services.notifier.mail_links.routes import FORM, PAGE, REFUSED, shown

CONFIRMING = Rate(name="mail-confirmation", per_minute=60, under="/v1/mail-confirmation/")


def _read(addresses: MailAddresses, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=addresses.mail_address(call.caller.subject))


def _enter(addresses: MailAddresses, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=addresses.enter_mail_address(call.caller.subject, call.body.address))


def _remove(addresses: MailAddresses, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=addresses.remove_mail_address(call.caller.subject))


def _linked(addresses: MailAddresses, call: RouteCall) -> RouteAnswer:
    return shown(confirmation_page(addresses.linked_address(call.path["token"])))


def _confirm(addresses: MailAddresses, call: RouteCall) -> RouteAnswer:
    return shown(confirmation_page(addresses.confirm_address(call.path["token"])))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/mail-address",
        name="mailAddress",
        summary="Your mail address, and the one that waits to be confirmed.",
        endpoint=_read,
        answer=MailAddress,
        refusals=(410,),
    ),
    RouteSpec(
        method="PUT",
        path="/v1/mail-address",
        name="enterMailAddress",
        summary="Enter a mail address; a mail there has a link that confirms it.",
        endpoint=_enter,
        body=EnteredAddress,
        answer=MailAddress,
        idempotent=True,
        refusals=(409, 410),
    ),
    RouteSpec(
        method="DELETE",
        path="/v1/mail-address",
        name="removeMailAddress",
        summary="Remove your mail address.",
        endpoint=_remove,
        answer=MailAddress,
        refusals=(410,),
    ),
    RouteSpec(
        method="GET",
        path="/v1/mail-confirmation/{token}",
        name="confirmationPage",
        summary="The page of a link that confirms an address; it changes nothing.",
        endpoint=_linked,
        parameters={"token": LinkToken},
        answer=PAGE,
        says="A page with a button that confirms.",
        refused=REFUSED,
        refusals=(404, 410),
        security=Security.LINK,
        loose=True,
        tagged=False,
        rate=CONFIRMING,
    ),
    RouteSpec(
        method="POST",
        path="/v1/mail-confirmation/{token}",
        name="confirmAddress",
        summary="Confirm a mail address.",
        endpoint=_confirm,
        parameters={"token": LinkToken},
        body=FORM,
        max_bytes=LARGEST_FORM,
        answer=PAGE,
        says="It is confirmed, now or before.",
        refused=REFUSED,
        refusals=(404, 410),
        security=Security.LINK,
        rate=CONFIRMING,
    ),
)
