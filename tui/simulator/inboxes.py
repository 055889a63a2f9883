"""Inboxes as the simulated API tells them, with made-up secrets an administrator's token gets."""

from typing import Any

from tui.simulator.people import AccountSpec, Inbox

FAKE = "FAKE-SECRET"
FEATURES = ("attachments", "emoji_picker", "end_conversation")


def inbox_json(spec: AccountSpec, inbox: Inbox, *, admin: bool) -> dict[str, Any]:
    """One inbox; passwords and tokens of the channel only for administrators."""
    web = inbox.channel == "Channel::WebWidget"
    fields: dict[str, Any] = {
        "id": inbox.id,
        "avatar_url": "",
        "channel_id": inbox.id,
        "name": inbox.name,
        "channel_type": inbox.channel,
        "greeting_enabled": False,
        "greeting_message": None,
        "working_hours_enabled": inbox.opens is not None,
        "enable_email_collect": True,
        "csat_survey_enabled": False,
        "enable_auto_assignment": False,
        "auto_assignment_config": {},
        "out_of_office_message": None,
        "working_hours": [_day(inbox, day) for day in range(7)],
        "timezone": spec.timezone,
        "callback_webhook_url": None,
        "allow_messages_after_resolved": True,
        "lock_to_single_conversation": False,
        "widget_color": "#1f93ff" if web else None,
        "website_url": "https://shop.example" if web else None,
        "hmac_mandatory": False,
        "welcome_title": None,
        "welcome_tagline": None,
        "web_widget_script": "<script>/* widget */</script>" if web else None,
        "website_token": FAKE if web else None,
        "selected_feature_flags": list(FEATURES) if web else None,
        "reply_time": "in_a_few_minutes" if web else None,
        "messaging_service_sid": None,
        "phone_number": None,
        "provider": None,
    }
    match inbox.channel:
        case "Channel::WebWidget":
            fields |= _web(admin=admin)
        case "Channel::Email":
            fields |= _mail(admin=admin)
        case "Channel::Api":
            fields |= {"webhook_url": None, "inbox_identifier": FAKE, "additional_attributes": {}}
            if admin:
                fields["hmac_token"] = FAKE
    return fields


def _day(inbox: Inbox, day: int) -> dict[str, Any]:
    """Working hours of a weekday, 0 being Sunday."""
    closed = day in (0, 6)
    return {
        "day_of_week": day,
        "closed_all_day": closed,
        "open_hour": None if closed else inbox.opens or 9,
        "open_minutes": None if closed else 0,
        "close_hour": None if closed else inbox.closes,
        "close_minutes": None if closed else 0,
        "open_all_day": False,
    }


def _web(*, admin: bool) -> dict[str, Any]:
    fields = (
        ("emailAddress", "email", "Email Id"),
        ("fullName", "text", "Full name"),
        ("phoneNumber", "text", "Phone"),
    )
    settings: dict[str, Any] = {
        "pre_chat_form_enabled": False,
        "pre_chat_form_options": {
            "pre_chat_fields": [
                {
                    "name": name,
                    "type": kind,
                    "label": label,
                    "enabled": False,
                    "required": True,
                    "field_type": "standard",
                }
                for name, kind, label in fields
            ],
            "pre_chat_message": "Share your queries or comments here.",
        },
        "continuity_via_email": True,
    }
    if admin:
        settings["hmac_token"] = FAKE
    return settings


def _mail(*, admin: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "forward_to_email": "forward@contact-centre.example",
        "email": "help@contact-centre.example",
    }
    if admin:
        for kind in ("imap", "smtp"):
            settings |= {
                f"{kind}_login": "help",
                f"{kind}_password": FAKE,
                f"{kind}_address": f"{kind}.contact-centre.example",
                f"{kind}_port": 993 if kind == "imap" else 587,
                f"{kind}_enabled": True,
            }
        settings |= {
            "microsoft_reauthorization": False,
            "imap_enable_ssl": True,
            "smtp_domain": "",
            "smtp_enable_ssl_tls": False,
            "smtp_enable_starttls_auto": True,
            "smtp_openssl_verify_mode": "none",
            "smtp_authentication": "login",
        }
    return settings
