"""Conversations as the simulated API tells them: lists, items, filters and counts."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tui.simulator.conversations import Cell, Plan, Written
from tui.simulator.names import FIRST, LAST
from tui.simulator.people import Agent, Team
from tui.simulator.replies import Refusal, broken, leading_number, not_allowed, not_found, unprocessable
from tui.simulator.visibility import View
from tui.simulator.world import Account, World

PAGE_SIZE = 25
Query = Mapping[str, list[str]]
Item = dict[str, Any]
Keep = Callable[[Plan, Cell], bool]


class Threads:
    """The conversations of one account as one member sees them at one instant."""

    def __init__(self, world: World, account: Account, view: View) -> None:
        self._world = world
        self._account = account
        self._view = view
        self._shift = world.shift
        self._moment = account.ledger.moment
        self._agents = {agent.id: agent for agent in account.spec.agents}
        self._teams = {team.id: team for team in account.spec.teams}
        self._channels = {inbox.id: inbox.channel for inbox in account.spec.inboxes}

    def meta(self, query: Query) -> Item:
        """`conversations/meta`: the four counts."""
        return {"meta": self._counts(*self._wanted(query))}

    def index(self, query: Query) -> Item:
        """`conversations`: the counts and a page; `assignee_type` chooses rows, never counts."""
        test, keep = self._wanted(query)
        kind = _first(query, "assignee_type")
        me = self._view.member.id
        narrowed = {
            "me": lambda cell: test(cell) and cell.assignee == me,
            "assigned": lambda cell: test(cell) and cell.assignee != 0,
            "unassigned": lambda cell: test(cell) and cell.assignee == 0,
        }.get(kind, test)
        page = max(1, leading_number(_first(query, "page") or "1"))
        payload = self._page(narrowed, keep, _first(query, "sort_by"), page)
        return {"data": {"meta": self._counts(test, keep), "payload": payload}}

    def show(self, id_: int) -> Item:
        """One conversation; 404 for one that is not there, 401 for one of a hidden inbox."""
        plan = self._account.ledger.live.get(id_)
        if plan is None:
            raise not_found()
        cell = self._account.ledger.now[id_]
        if cell.inbox not in self._view.inboxes:
            raise not_allowed()
        return self.item(plan, cell)

    def filtered(self, body: object, query: Query) -> Item:
        """`POST conversations/filter`."""
        rules = body.get("payload") if isinstance(body, dict) else None
        if not isinstance(rules, list) or not rules:
            raise unprocessable()
        keep = self._rules(rules)
        inboxes = self._view.inboxes

        def test(cell: Cell) -> bool:
            return cell.inbox in inboxes

        page = max(1, leading_number(_first(query, "page") or "1"))
        counts = self._counts(test, keep)
        del counts["assigned_count"]
        return {"meta": counts, "payload": self._page(test, keep, "", page)}

    def _wanted(self, query: Query) -> tuple[Callable[[Cell], bool], Keep | None]:
        status = "open" if "status" not in query else _first(query, "status")
        if status not in self._world.flavour.all_statuses:
            raise Refusal(broken())
        team = inbox = 0
        if _first(query, "team_id"):
            team = leading_number(_first(query, "team_id"))
            if team not in self._teams:
                raise not_found()
        if _first(query, "inbox_id"):
            inbox = leading_number(_first(query, "inbox_id")) or -1
        unanswered = _first(query, "conversation_type") == "unattended"
        unanswered = unanswered and not self._world.flavour.ignores_unattended
        inboxes = self._view.inboxes

        def test(cell: Cell) -> bool:
            return (
                (status in (cell.status, "all"))
                and cell.inbox in inboxes
                and (not team or cell.team == team)
                and (not inbox or cell.inbox == inbox)
                and (not unanswered or cell.unanswered)
            )

        labels = frozenset(query.get("labels[]", ()))
        if not labels:
            return test, None
        return test, lambda plan, _: not labels.isdisjoint(plan.labels)

    def _counts(self, test: Callable[[Cell], bool], keep: Keep | None) -> Item:
        ledger, me = self._account.ledger, self._view.member.id
        mine = unassigned = total = 0
        if keep is None:
            counted = ((cell, number) for cell, number in ledger.cells.items() if test(cell))
        else:
            counted = (
                (cell, 1) for id_, cell in ledger.now.items() if test(cell) and keep(ledger.live[id_], cell)
            )
        for cell, number in counted:
            total += number
            mine += number if cell.assignee == me else 0
            unassigned += 0 if cell.assignee else number
        return {
            "mine_count": mine,
            "assigned_count": total - unassigned,
            "unassigned_count": unassigned,
            "all_count": total,
        }

    def _page(self, test: Callable[[Cell], bool], keep: Keep | None, sort_by: str, page: int) -> list[Item]:
        ledger, moment = self._account.ledger, self._moment
        pairs = [(ledger.live[id_], cell) for id_, cell in ledger.now.items() if test(cell)]
        if keep is not None:
            pairs = [pair for pair in pairs if keep(*pair)]
        match sort_by:
            case "sort_on_created_at" | "created_at_asc":
                pairs.sort(key=lambda pair: (pair[0].created, pair[0].id))
            case "created_at_desc":
                pairs.sort(key=lambda pair: (-pair[0].created, pair[0].id))
            case _:
                pairs.sort(key=lambda pair: (-last_activity(pair[0], moment), pair[0].id))
        return [self.item(plan, cell) for plan, cell in pairs[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]

    def _rules(self, rules: Sequence[object]) -> Keep:
        tests: list[tuple[Keep, str]] = []
        for rule in rules:
            if not isinstance(rule, dict) or not isinstance(rule.get("values", []), list):
                raise unprocessable()
            key, operator = rule.get("attribute_key"), rule.get("filter_operator")
            wanted = frozenset(str(value) for value in rule.get("values", ()))
            read = _ATTRIBUTES.get(str(key))
            if read is None:
                raise unprocessable(f"Invalid attribute key - [{key}].")
            if operator not in ("equal_to", "not_equal_to"):
                raise unprocessable(
                    f"Invalid operator. The allowed operators for {key} are [equal_to,not_equal_to]."
                )
            if key == "status" and "all" in wanted:
                wanted = frozenset(self._world.flavour.statuses)
            tests.append(
                (
                    _rule(read, wanted, negated=operator == "not_equal_to"),
                    str(rule.get("query_operator") or ""),
                )
            )

        def keep(plan: Plan, cell: Cell) -> bool:
            verdict, joined = True, "and"
            for test, operator in tests:
                holds = test(plan, cell)
                verdict = (verdict or holds) if joined.lower() == "or" else (verdict and holds)
                joined = operator
            return verdict

        return keep

    def item(self, plan: Plan, cell: Cell) -> Item:
        """A conversation as lists and `conversations/{id}` show it."""
        moment = self._moment
        messages, everything = plan.messages(moment), plan.written(moment)
        unread = _unread(messages)
        spoken = [index for index, written in enumerate(everything) if written.kind != "activity"]
        written = {
            index: self._message(plan, cell, index, everything[index], unread)
            for index in {*self._shown(everything), spoken[-1]}
        }
        meta: Item = {"sender": self._contact(plan, messages[-1][0]), "channel": self._channels[cell.inbox]}
        if cell.assignee in self._agents:
            meta["assignee"] = agent_json(self._account, self._agents[cell.assignee])
        if cell.team in self._teams:
            meta["team"] = team_json(self._account, self._teams[cell.team], self._view.member.id)
        meta["hmac_verified"] = False
        answered = bool(plan.first_reply) and plan.first_reply <= moment
        item: Item = {
            "meta": meta,
            "id": plan.id,
            "messages": [written[index] for index in self._shown(everything)],
            "account_id": self._account.spec.id,
            "additional_attributes": {},
            "agent_last_seen_at": 0,
            "assignee_last_seen_at": 0,
            "can_reply": True,
            "contact_last_seen_at": 0,
            "custom_attributes": {"order": f"A-{plan.contact:05d}"} if plan.contact % 5 == 0 else {},
            "inbox_id": cell.inbox,
            "labels": list(plan.labels),
            "muted": False,
            "snoozed_until": self._snoozed(plan, cell),
            "status": cell.status,
            "created_at": self._epoch(plan.created),
            "timestamp": self._epoch(last_activity(plan, moment)),
            "first_reply_created_at": self._epoch(plan.first_reply) if answered else 0,
            "unread_count": min(10, unread),
            "last_non_activity_message": written[spoken[-1]],
        }
        if self._world.flavour.newer_fields:
            waits = [at for at, agent in messages[len(messages) - unread :] if not agent]
            item["waiting_since"] = self._epoch(waits[0]) if waits else 0
            item["last_activity_at"] = item["timestamp"]
            item["priority"] = plan.priority
            item["updated_at"] = last_activity(plan, moment) - self._shift
        return item

    def _shown(self, messages: Sequence[object]) -> range:
        """Which messages come with a conversation: later versions send the last one alone."""
        return range(len(messages) - 1 if self._world.flavour.newer_fields else 0, len(messages))

    def _epoch(self, moment: float) -> int:
        return int(moment - self._shift)

    def _snoozed(self, plan: Plan, cell: Cell) -> str | None:
        if cell.status != "snoozed":
            return None
        stage = plan.stage(self._moment)
        until = plan.times[stage + 1] if stage + 1 < len(plan.times) else self._moment
        return _iso(self._epoch(until))

    def _contact(self, plan: Plan, active: float) -> Item:
        number = plan.contact
        return {
            "additional_attributes": {},
            "availability_status": "offline",
            "email": f"customer{number}@mail.example",
            "id": number + 1,
            "name": f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}",
            "phone_number": None,
            "identifier": None,
            "thumbnail": "",
            "custom_attributes": {},
            "last_activity_at": self._epoch(active),
            "created_at": self._epoch(plan.created),
        }

    def _message(self, plan: Plan, cell: Cell, index: int, written: Written, unread: int) -> Item:
        author = written.author or (self._account.spec.agents[0].id if written.kind in BY_AGENTS else 0)
        agent = self._agents.get(author)
        sender: Item | None = None
        if agent is not None:
            sender = {
                "id": agent.id,
                "name": agent.name,
                "available_name": agent.available_name or agent.name,
                "avatar_url": "",
                "type": "user",
                "availability_status": self._account.ledger.availability.get(agent.id),
                "thumbnail": "",
            }
        elif not written.kind:
            contact = self._contact(plan, written.at)
            sender = {key: value for key, value in contact.items() if key not in _CONTACT_ONLY} | {
                "type": "contact"
            }
        by = "User" if agent is not None else _SENDERS.get(written.kind)
        item: Item = {
            "id": plan.id * 16 + index,
            "content": _SAID.get(written.kind) or _SAID["agent" if agent else ""],
            "account_id": self._account.spec.id,
            "inbox_id": cell.inbox,
            "conversation_id": plan.id,
            "message_type": _TYPES.get(written.kind, 0 if agent is None else 1),
            "created_at": self._epoch(written.at),
            "updated_at": _iso(self._epoch(written.at)),
            "private": written.kind == "note",
            "status": "sent",
            "source_id": None,
            "content_type": "text",
            "content_attributes": {"automation_rule_id": 3} if written.kind == "automation" else {},
            "sender_type": by,
            "sender_id": sender["id"] if sender is not None else (1 if by else None),
            "external_source_ids": {},
            "additional_attributes": {"campaign_id": 2} if written.kind == "campaign" else {},
            "label_list": None,
            "conversation": {"assignee_id": cell.assignee or None, "unread_count": min(10, unread)},
        }
        return item if sender is None else item | {"sender": sender}


BY_AGENTS = frozenset({"note", "campaign"})
_SENDERS = {"": "Contact", "bot": "AgentBot"}
_TYPES = {"note": 1, "template": 3, "bot": 1, "automation": 1, "campaign": 1, "activity": 2}
_SAID = {
    "": "Could you help me with my order, please?",
    "agent": "I will look into it.",
    "note": "Called before, see the order.",
    "template": "How was your experience?",
    "bot": "I am a robot; somebody will be with you soon.",
    "automation": "Thank you for your message.",
    "campaign": "Our new catalogue is out.",
    "activity": "The priority was set.",
}
_CONTACT_ONLY = frozenset({"availability_status", "last_activity_at", "created_at"})
_ATTRIBUTES: Mapping[str, Callable[[Plan, Cell], frozenset[str]]] = {
    "status": lambda _, cell: frozenset((cell.status,)),
    "assignee_id": lambda _, cell: frozenset((str(cell.assignee),)),
    "inbox_id": lambda _, cell: frozenset((str(cell.inbox),)),
    "team_id": lambda _, cell: frozenset((str(cell.team),)),
    "labels": lambda plan, _: frozenset(plan.labels),
    "priority": lambda plan, _: frozenset((str(plan.priority),)),
}


def _rule(read: Callable[[Plan, Cell], frozenset[str]], wanted: frozenset[str], *, negated: bool) -> Keep:
    return lambda plan, cell: read(plan, cell).isdisjoint(wanted) is negated


def _first(query: Query, name: str) -> str:
    return (query.get(name) or [""])[0]


def _iso(epoch: int) -> str:
    there = datetime.datetime.fromtimestamp(epoch, datetime.UTC)
    return there.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _unread(messages: Sequence[tuple[float, int]]) -> int:
    """Messages of the customer since an agent wrote last."""
    count = 0
    for _, author in reversed(messages):
        if author:
            break
        count += 1
    return count


def last_activity(plan: Plan, moment: float) -> float:
    """When something last happened in a conversation, up to `moment`."""
    return max(plan.written(moment)[-1].at, plan.times[max(0, plan.stage(moment))])


def agent_json(account: Account, agent: Agent) -> Item:
    """An agent as lists and conversations show it."""
    fields: Item = {
        "id": agent.id,
        "account_id": account.spec.id,
        "availability_status": account.ledger.availability.get(agent.id),
        "auto_offline": agent.auto_offline,
        "confirmed": True,
        "email": agent.email,
        "available_name": agent.available_name or agent.name,
        "name": agent.name,
        "role": agent.role,
        "thumbnail": "",
    }
    if agent.attributes:
        fields["custom_attributes"] = dict(agent.attributes)
    return fields


def team_json(account: Account, team: Team, viewer_id: int) -> Item:
    """A team; `is_member` is about the token's owner."""
    return {
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "allow_auto_assign": team.allow_auto_assign,
        "account_id": account.spec.id,
        "is_member": any(agent.id == viewer_id for agent in account.roster.members(team.id)),
    }
