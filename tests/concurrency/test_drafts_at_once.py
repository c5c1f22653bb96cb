"""Several admins write in the one draft at the same moment, each in a rule of theirs: nothing of it is lost."""

from __future__ import annotations

from threading import Barrier, Thread

from scim_portal.db import db, transact
from scim_portal.services import drafts, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule

ADMINS, EDITS = 4, 5


def test_admins_who_write_in_the_draft_at_once_lose_nothing(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    portal.publish(a_policy(*(a_rule(f"r{n}", "title pr", "pro") for n in range(ADMINS))))
    started, failures = Barrier(ADMINS), list[BaseException]()

    def write(number: int) -> None:
        def prioritize(priority: int) -> None:
            ctx = portal.ctx()
            drafts.edit(ctx, lambda document: document["rules"][number].update(queue_priority=priority))

        with portal.app.app_context():
            started.wait()
            try:
                for turn in range(1, EDITS + 1):
                    transact(lambda turn=turn: prioritize(turn))
            except BaseException as failure:
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [Thread(target=write, args=(number,)) for number in range(ADMINS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    draft = rulebook.draft(portal.ctx())
    assert draft is not None
    assert [rule["queue_priority"] for rule in draft[1]["rules"]] == [EDITS] * ADMINS
