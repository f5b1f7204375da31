"""What the posts talk about."""

from __future__ import annotations

from refugee_adaptation.report.story import Section, Story
from refugee_adaptation.report.wording import number


def _topics(story: Story) -> None:
    found = story.marts.ask("select * from topics order by topic_id")
    story.lead("topics.lead", found, count=number(len(found.some().frame)))
    story.table("topics.table", found)


TOPICS = Section("topics", (_topics,))
