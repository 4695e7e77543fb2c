"""Permission on the stage: what waits for the operator is asked in a bar, and goes on once it is answered."""

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.forking import ForkingScreen
from backrooms_tui.ui.screens.stage.operator_line import OperatorLine
from backrooms_tui.ui.screens.stage.permission_bar import PermissionBar
from backrooms_tui.ui.screens.stage.questions import Question, questions_of
from backrooms_tui.ui.screens.stage.undoing import undo_last


class PermittingScreen(ForkingScreen):
    """A screen with a live conversation and a `PermissionBar`. Whoever writes a word to the agents goes on writing: the
    keys are for the bar when the line is left."""

    @property
    def question(self) -> Question | None:
        """What is asked now; where several things are, the one that the operator is reading, else the first."""
        every, bar = list(questions_of(self.conversation)), self.query_one_optional(PermissionBar)
        read = bar.question if bar is not None else None
        return read if read in every else next(iter(every), None)

    @property
    def permission_bar(self) -> PermissionBar:
        """Where it is asked."""
        return self.query_one(PermissionBar)

    @property
    def _writes(self) -> bool:
        return self.query_one(OperatorLine).words.has_focus

    def ask_permission(self) -> bool:
        """Show what is asked, if anything is. Whether it is something new."""
        bar = self.permission_bar
        answered = bar.has_focus or bar.has_class("-denies")
        new = bar.ask(self.question)
        if new and not self._writes:
            bar.focus(scroll_visible=False)
        elif bar.question is None and answered:
            self.scene.activate(self.scene.active)
        return new

    def answer_first(self) -> bool:
        """Whether something waits for an answer, without which nothing goes on: then it is asked again."""
        if self.performance.running or self.question is None:
            return False
        if not is_there(self):  # the key came before the screen
            self.call_after_refresh(self.answer_first)
            return True
        self.ask_permission()
        self.permission_bar.open()
        return True

    def action_permissions(self) -> None:
        """What the worlds may read, write and reach, and what agents may ask for. Where what is asked needs no answer
        any more, it goes on then."""
        from backrooms_tui.ui.screens.stage.permission_subjects import subjects_of
        from backrooms_tui.ui.screens.stage.worlds import Worlds

        if not subjects_of(self.conversation):
            self.say("There is no world at this table: a, then n, adds one, such as cli")
            return
        asked = self.question

        def looked_at(_: object) -> None:
            if asked is not None and not asked.open and self.question is None:
                self.performance.answered()
            self.look()

        self.app.push_screen(Worlds(self.conversation, chosen=self.scene.active), looked_at)

    def action_undo_request(self) -> None:
        """Take back what an agent asked for last, in a council too; again, what was asked for before that."""
        if self.performance.left:
            return
        if told := undo_last(self.conversation):
            self.say(told)
        self.look()

    def on_screen_resume(self) -> None:
        """A key that was meant for what stood in front does not answer."""
        super().on_screen_resume()
        if is_there(self) and self.permission_bar.question is not None:
            self.permission_bar.guard()

    def on_operator_line_left(self, _: OperatorLine.Left) -> None:
        """Back to the pane, or to what has been asked meanwhile."""
        bar = self.permission_bar
        if bar.question is not None and not bar.has_class("-folded"):
            bar.guard()
            bar.focus(scroll_visible=False)
        else:
            self.scene.activate(self.scene.active)

    def on_permission_bar_left(self, _: PermissionBar.Left) -> None:
        """Back to the pane."""
        self.scene.activate(self.scene.active)

    def on_permission_bar_answered(self, message: PermissionBar.Answered) -> None:
        """Decide, and go on as it ran. Where more is asked, that comes first."""
        question = message.question
        if self.performance.left or not question.open:
            return
        try:
            question.conversation.decide(message.decision, message.word)
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)
            return
        self.ask_permission()
        if self.question is None:
            self.performance.answered()
        self.look()

    def look(self) -> None:
        """The person has done something: show it at once."""
        raise NotImplementedError
