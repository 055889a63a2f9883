"""The wizard: address and token, the connection tested step by step, what to keep; then the dashboard."""

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from tui.actions import BY_NAME
from tui.address import AddressError
from tui.api.models import ProfileAccount
from tui.config.keys import brief_key, show_key
from tui.config.model import Environment
from tui.config.problems import ConfigError, SaveError
from tui.config.secrets import TokenError
from tui.identity import AccountRef
from tui.screens.base import ConfigChanged, bindings
from tui.screens.config_saving import NO_FILE, save_environment
from tui.screens.connection_test import FoundSoFar, run_test, step_lines
from tui.screens.context import Context
from tui.screens.editor import lend_of
from tui.screens.wizard import answers
from tui.screens.wizard.choice import Choice, ChoicePage, FieldError
from tui.screens.wizard.forms import Field
from tui.widgets.layers import Box
from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, spread, wrapped

ASK, TEST, CHOOSE = range(3)
PRESETS = "trial, app, app-us, saas COMPANY, dedicated COMPANY, or whatever stands in your browser"
WHERE_TOKENS_ARE = (
    "In Live Agent: Profile Settings > Access Token. What you type is not shown and goes into a file of "
    "its own that only you can read. Or say where it is: env:NAME, file:/path, command:pass show x, "
    "keyring:name."
)
ASK_KEYS = (("go_on", "continue"), ("next_pane", "next field"), ("back", "leave"))
TESTING_KEYS = (("back", "stop"),)
GOOD_KEYS = (("go_on", "continue"), ("back", "back"))
FAILED_KEYS = (("go_on", "try again"), ("back", "back, to change address or token"))
TOKEN_KEYS = (("go_on", "type another token"), ("back", "back"))
CHOOSE_KEYS = (("go_on", "next field, then save"), ("next_pane", "next field"), ("back", "back"))
ACCOUNT_KEYS = (("choose", "choose"), *CHOOSE_KEYS)


class WizardScreen(Box[None], inherit_bindings=False):
    """Made once and reused: `open`, then push. Posts ConfigChanged when it has saved."""

    AUTO_FOCUS = ""
    BINDINGS = bindings("go_on", "back", "choose", "next_pane", "previous_pane", "row_down", "row_up")

    def __init__(self, context: Context) -> None:
        super().__init__(name="wizard")
        self.context = context
        self.head = LineView(id="wizard-head")
        self.address = Field(id="wizard-address", placeholder="https://liveagent-trial.cognigy.ai")
        self.address_hint = LineView(id="address-hint")
        self.token = Field(id="wizard-token", hidden=True)
        self.token_hint = LineView(id="token-hint")
        self.steps = LineView(id="wizard-steps")
        self.problem = LineView(id="wizard-problem")
        self.keys = LineView(id="wizard-keys")
        self.choice = ChoicePage(id="wizard-choose")
        self.pages = (Vertical(id="wizard-ask"), Vertical(id="wizard-test"), self.choice)
        for field in (self.address, self.token, *self.choice.fields):
            field.steps = {
                "go_on": self.action_go_on,
                "back": self.action_back,
                "next_pane": self.action_next_pane,
                "previous_pane": self.action_previous_pane,
            }
        self.page = ASK
        self.outcome = FoundSoFar()
        self._where: answers.Installation | None = None
        self._whose: answers.Whose | None = None
        self._saving = False

    def compose(self) -> ComposeResult:
        """The three pages, of which one is shown."""
        yield self.head
        with self.pages[ASK]:
            with Vertical(classes="pane ask") as box:
                box.border_title = "Address"
                yield self.address
                yield self.address_hint
            with Vertical(classes="pane ask") as box:
                box.border_title = "Access token"
                yield self.token
                yield self.token_hint
        with self.pages[TEST], VerticalScroll(classes="pane") as scroll:
            scroll.border_title = "Connection"
            scroll.can_focus = False
            yield self.steps
        yield self.choice
        yield self.problem
        yield self.keys

    def open(self) -> None:
        """Begin with nothing typed."""
        self.outcome = FoundSoFar()
        self._where = self._whose = None
        self._saving = False
        for field in (self.address, self.token):
            field.value = ""
        self.token.password = True
        self._tell("" if self.context.loaded is not None else NO_FILE)
        self.page = ASK

    def on_screen_resume(self) -> None:
        """Show the page it is on."""
        self._show(self.page)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self._draw)

    # -- pages --------------------------------------------------------------------------------

    def _show(self, page: int) -> None:
        self.page = page
        for number, shown in enumerate(self.pages):
            shown.display = number == page
        stops = self._stops
        self.set_focus(stops[0] if stops else None)
        self._draw()

    @property
    def _stops(self) -> tuple[Widget, ...]:
        """What `tab` steps through on this page."""
        match self.page:
            case 0:
                return self.address, self.token
            case 2:
                return self.choice.stops
            case _:
                return ()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        width = self.size.width
        title: Line = [Part(" Add an environment", "title")]
        self.head.set_lines([spread(title, [Part(f"step {self.page + 1} of 3 ", "dim")], width)])
        self._draw_hints()
        self.steps.set_lines(step_lines(self.outcome, width - 6))
        hints: list[Part] = []
        typing = isinstance(self.focused, Field)
        for action, words in self._keys_here():
            hints += [Part(f" {_key(self.context, action, typing)} ", "key"), Part(f"{words} ", "dim")]
        self.keys.set_lines([hints])

    def _keys_here(self) -> tuple[tuple[str, str], ...]:
        match self.page:
            case 0:
                return ASK_KEYS
            case 1:
                if self.outcome.good:
                    return GOOD_KEYS
                if self._wrong_token:
                    return TOKEN_KEYS
                return FAILED_KEYS if self.outcome.failed else TESTING_KEYS
            case _:
                return ACCOUNT_KEYS if self.focused is self.choice.accounts else CHOOSE_KEYS

    def on_descendant_focus(self) -> None:
        """Name the keys of the field that has the cursor now."""
        self._draw()

    def _draw_hints(self) -> None:
        width = self.size.width - 6
        typed = self.address.value.strip()
        hint, role = PRESETS, "dim"
        if typed:
            try:
                meant = answers.where(typed).address
            except AddressError:
                hint = PRESETS
            else:
                account = f", account {meant.account_id}" if meant.account_id else ""
                hint, role = f"→ {meant.base_url}{account}", "accent"
        self.address_hint.set_lines([[Part(text, role)] for text in wrapped(hint, width)])
        self.token_hint.set_lines([[Part(text, "dim")] for text in wrapped(WHERE_TOKENS_ARE, width)])

    def _tell(self, words: str) -> None:
        width = max(20, self.app.size.width - 2)
        self.problem.set_lines([[Part(f" {text}", "warning")] for text in wrapped(words, width, 4)])
        self.problem.display = bool(words)

    # -- keys ---------------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Choose the account under the cursor, or leave it out."""
        if self.focused is self.choice.accounts:
            self.choice.toggle()

    def action_back(self) -> None:
        """A page back, stopping the test; from the first one, out."""
        self._tell("")
        self.workers.cancel_group(self, "test")
        if self.page == ASK:
            self._forget()
            self.dismiss()
        elif self._wrong_token:
            self._ask_for_another()
        else:
            self._show(self.page - 1 if self.page == CHOOSE else ASK)

    @property
    def _wrong_token(self) -> bool:
        """Whether the server did not take a token that was typed; a reference may point to another by now."""
        typed = self._whose is not None and self._whose.typed is not None
        return self.page == TEST and typed and self.outcome.wrong_token

    def _ask_for_another(self) -> None:
        """Back to the field of the token, empty and hidden, so that the next one is not typed in clear."""
        self._forget()
        self.token.password = True
        self._show(ASK)
        self.set_focus(self.token)

    def _forget(self) -> None:
        """Let go of the token."""
        self.token.value = ""
        self._whose = None

    def action_next_pane(self) -> None:
        """The next field."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """The field before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        stops = self._stops
        if stops:
            at = stops.index(self.focused) if self.focused in stops else -1
            self.set_focus(stops[(at + step) % len(stops)])

    def action_row_down(self) -> None:
        """The next account, the zone that is offered, or the next field."""
        if self.focused is self.choice.accounts:
            self.choice.accounts.action_row_down()
        elif not self.choice.take_suggestion():
            self._step(1)

    def action_row_up(self) -> None:
        """The account above, or the field before."""
        if self.focused is self.choice.accounts:
            self.choice.accounts.action_row_up()
        else:
            self._step(-1)

    def action_go_on(self) -> None:
        """The next field; after a page's last one, the next page."""
        self._tell("")
        match self.page:
            case 0:
                self._answered()
            case 1:
                if self.outcome.good:
                    self._offer()
                elif self._wrong_token:
                    self._ask_for_another()
                elif self.outcome.failed:
                    self._begin_test()
            case _:
                stops = self._stops
                if self.focused is stops[-1]:
                    self._save()
                else:
                    self._step(1)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input is self.token:
            self.token.password = not answers.is_reference(event.value)
        elif event.input is self.address:
            self._draw_hints()

    # -- asking and testing -------------------------------------------------------------------

    def _answered(self) -> None:
        taken = [environment.name for environment in self.context.config.environments]
        try:
            self._where = answers.where(self.address.value, taken)
        except AddressError as error:
            self.set_focus(self.address)
            self._tell(str(error))
            return
        if self.focused is self.address and not self.token.value:
            self.set_focus(self.token)
            return
        try:
            self._whose = answers.whose(self.token.value)
        except (TokenError, ValueError) as error:
            self.set_focus(self.token)
            self._tell(str(error))
            return
        self._begin_test()

    def _begin_test(self) -> None:
        self.outcome = FoundSoFar()
        self._show(TEST)
        self.run_latest(self._test, "test")

    async def _test(self) -> None:
        if self._where is None or self._whose is None:
            return
        address = self._where.address
        environment = Environment(
            name=self._where.name,
            url=address.base_url,
            alternative=address.alternative,
            token=self._whose.usable,
        )
        context, lend = self.context, lend_of(self.app)
        await run_test(
            environment, context.clock, context.transport_for, address.account_id, self._tested, lend
        )

    def _tested(self, outcome: FoundSoFar) -> None:
        self.outcome = outcome
        self._draw()
        if outcome.good:
            self._tell("")

    # -- choosing and saving ------------------------------------------------------------------

    def _offer(self) -> None:
        if self._where is not None:
            self.choice.offer(self._where.name, self.outcome, self._general_wait)
            self._show(CHOOSE)

    @property
    def _general_wait(self) -> float | None:
        return self.context.config.targets.wait

    def _save(self) -> None:
        taken = [environment.name for environment in self.context.config.environments]
        try:
            choice = self.choice.read(taken, self._general_wait)
        except FieldError as error:
            self.set_focus(error.field)
            self._tell(str(error))
            return
        if not self._saving:
            self._saving = True
            self.run_latest(partial(self._write, choice), "save")

    async def _write(self, choice: Choice) -> None:
        try:
            await self._write_checked(choice)
        except ConfigError as error:
            self._tell(" ".join(str(problem) for problem in error.problems))
        except SaveError as error:
            self._tell(str(error))
        finally:
            self._saving = False

    async def _write_checked(self, choice: Choice) -> None:
        where, whose = self._where, self._whose
        if where is None or whose is None:
            return
        _, loaded = await save_environment(
            self.context,
            choice.name,
            where.address.alternative or self.outcome.url or where.address.base_url,
            token=whose.source,
            typed=whose.typed,
            settings=choice.settings,
            accounts=[_table(account) for account in choice.accounts],
        )
        kept = [account.id for account in choice.accounts or self.outcome.accounts]
        pasted = where.address.account_id
        first = pasted if pasted in kept or not kept else kept[0]
        self._forget()
        self.dismiss()
        self.app.post_message(
            ConfigChanged(loaded, None if first is None else AccountRef(choice.name, first))
        )


def _key(context: Context, action: str, typing: bool) -> str:
    """The key of an action as it is shown; in a field the first one that is no character to type."""
    keys = context.config.keys.get(action, BY_NAME[action].keys)
    if typing:
        always = [key for key, name in Field.ALWAYS.items() if name == action]
        keys = tuple(key for key in (*keys, *always) if len(show_key(key)) > 1) or keys
    return brief_key(keys[0])


def _table(account: ProfileAccount) -> dict[str, object]:
    return {"id": account.id, "name": account.name} if account.name else {"id": account.id}
