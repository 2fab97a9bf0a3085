"""A candidate's connection as the entrance sees it, for tests of what follows."""

from exam_server.actions.sit import Arrival


def arrival(sitting_id: int, fence: int | None = None) -> Arrival:
    """With a first login; taking the sitting over unless the tab has a fence."""
    return Arrival(sitting_id=sitting_id, login_version=1, fence=fence)
