"""The sections of the page, in the order of the story."""

from refugee_adaptation.report.sections import engagement, people
from refugee_adaptation.report.story import Section

SECTIONS: tuple[Section, ...] = (
    people.CRAWL,
    people.PEOPLE,
    engagement.ENGAGEMENT,
)
